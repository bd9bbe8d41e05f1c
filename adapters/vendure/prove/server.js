'use strict';
require('@vendure/core').bootstrap(require('./config').config).catch(error => {
    console.error(error);
    process.exit(1);
});
