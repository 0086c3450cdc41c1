// What a program depends on, and what requires the package, as packages in CommonJS do.

exports.keylatch = require('keylatch');
