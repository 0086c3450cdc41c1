// A page by itself, with what `wasm-pack build --target web` gives.

import init, * as classes from '../../target/js/web/keylatch.js';
import { runInPage } from './page.mjs';

await init();
await runInPage(classes);
