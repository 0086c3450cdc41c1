// The suite in Hermes, as an application of React Native has it: Metro takes the condition `react-native`.

import './hermes-platform.js';
import * as keylatch from 'keylatch';
import { run } from './suite.mjs';

run(keylatch, { ...globalThis.hermesOptions, onBegin: () => {} }).then(
  (result) => print(JSON.stringify(result)),
  (error) => print(error.stack),
);
