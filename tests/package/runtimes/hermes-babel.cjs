// How React Native has Metro compile each file.

const { transformSync } = require('@babel/core');
const preset = require('@react-native/babel-preset');

exports.transform = ({ filename, src, options, plugins }) => {
  // Hermes 0.12 needs what is left out for newer engines.
  const asked = { ...options.customTransformOptions, unstable_transformProfile: 'hermes-stable', dev: true };
  const { ast, metadata } = transformSync(src, {
    ast: true,
    code: false,
    babelrc: false,
    configFile: false,
    filename,
    sourceType: 'unambiguous',
    presets: [[preset, { ...asked, disableDeepImportWarnings: true }]],
    plugins,
    caller: { name: 'metro', bundler: 'metro', platform: options.platform },
    cloneInputAst: false,
  });
  return { ast, metadata };
};
