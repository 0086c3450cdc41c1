// A page whose script a bundler has made, with what `wasm-pack build` gives.

import * as classes from '../../target/js/bundler/keylatch.js';
import { runInPage } from './page.mjs';

await runInPage(classes);
