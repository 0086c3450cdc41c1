//! The classes for JavaScript, used by JavaScript, in real browsers. Run by `cargo xtask test wasm`.

#![cfg(all(feature = "js", target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use js_sys::{Function, Promise};
use keylatch::Cache;
use keylatch::js::{InMemoryCache, key_of};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

/// Runs a program with a cache, and answers with what it returns, as JSON.
async fn run(cache: impl Into<JsValue>, program: &str) -> String {
    let program = format!("return (async () => {{ {program} }})().then(JSON.stringify)");
    let promise = Function::new_with_args("cache", &program).call1(&JsValue::UNDEFINED, &cache.into()).unwrap();
    JsFuture::from(promise.unchecked_into::<Promise>()).await.unwrap().as_string().unwrap_or_default()
}

fn cache() -> InMemoryCache {
    InMemoryCache::new(JsValue::UNDEFINED).unwrap()
}

#[wasm_bindgen_test]
async fn values_are_javascripts_own() {
    let program = "
        const value = { a: [1] };
        await cache.set(['one', 'two'], value);
        const same = (await cache.get('one')) === value && (await cache.get('two')) === value;
        await cache.clear('one');
        const cleared = (await cache.get('one')) === undefined;
        await cache.set('zero', 0);
        const falsy = await cache.get('zero');
        await cache.flush();
        return [same, cleared, falsy, cache.size, String(cache)];
    ";
    assert_eq!(run(cache(), program).await, r#"[true,true,0,0,"<InMemoryCache>"]"#);
}

#[wasm_bindgen_test]
async fn entries_expire_by_date() {
    let program = "
        const { now } = Date;
        try {
            await cache.set('key', 1, 60);
            const seen = [await cache.get('key')];
            Date.now = () => now() + 59_000;
            seen.push(await cache.get('key'));
            Date.now = () => now() + 60_001;
            seen.push((await cache.get('key')) === undefined);
            return seen;
        } finally {
            Date.now = now;
        }
    ";
    assert_eq!(run(cache(), program).await, "[1,1,true]");
}

#[wasm_bindgen_test]
async fn one_computation_for_all() {
    let program = "
        let calls = 0;
        const value = () => cache.withLock('key', async (entry) => {
            if (!entry.done) {
                calls += 1;
                await new Promise((resolve) => setTimeout(resolve, 5));
                await entry.setResult({ calls }, 60);
            }
            return entry.result;
        });
        const values = await Promise.all(Array.from({ length: 50 }, value));
        return [calls, new Set(values).size];
    ";
    assert_eq!(run(cache(), program).await, "[1,1]");
}

#[wasm_bindgen_test]
async fn a_lock_has_the_members_of_acapys() {
    let program = "
        const first = cache.acquire('key');
        const second = cache.acquire('key');
        const seen = [first.parent === undefined, second.parent.key, first.done, first.released];
        const future = second.future;
        await first.enter();
        await first.setResult('value', 60);
        const code = await first.setResult('other').catch((error) => `${error.name} ${error.code}`);
        first.exit();
        seen.push(code, await future, second.result, await cache.get('key'), first.released);
        const failed = await cache.lock('other');
        failed.exit('down');
        seen.push(failed.exception, failed.done, (await failed.future) === undefined);
        return seen;
    ";
    let seen =
        r#"[true,"key",false,false,"CacheError result-already-set","value","value","value",true,"down",true,true]"#;
    assert_eq!(run(cache(), program).await, seen);
}

#[wasm_bindgen_test]
async fn bad_input_changes_nothing() {
    let program = "
        await cache.set('key', 1);
        const code = (promise) => promise.then(() => 'none', (error) => error.code);
        const bad = [['key', -1], ['key', NaN], ['key', { ttl: '5' }], [undefined, 1], [['key', {}], 1], [null, 1]];
        const codes = await Promise.all(bad.map(([keys, ttl]) => code(cache.set(keys, 2, ttl))));
        return [...codes, await cache.get('key'), cache.size];
    ";
    let ttls = r#""invalid-ttl","invalid-ttl","invalid-ttl""#;
    let keys = r#""invalid-key","invalid-key","invalid-argument""#;
    assert_eq!(run(cache(), program).await, format!("[{ttls},{keys},1,1]"));
    assert!(InMemoryCache::new(JsValue::from(0)).is_err());
}

#[wasm_bindgen_test]
async fn sizes_are_measured_for_each_key() {
    let program = "
        await cache.set(['a', 'abcde'], 'value');
        const seen = [cache.size, cache.stats().size];
        const fails = await cache.set('fails', null).catch((error) => error.name);
        const none = await cache.set('ab', 5).catch((error) => error.message);
        return [...seen, fails, none, cache.size];
    ";
    let options = Function::new_no_args(
        "return { maxSize: 20, maxEntrySize: 9, sizeCalculation: (value, key) => value.length + key.length };",
    );
    let cache = InMemoryCache::new(options.call0(&JsValue::UNDEFINED).unwrap()).unwrap();
    let none = "sizeCalculation: expected a number from 0 to 2^53 - 1, got NaN";
    assert_eq!(run(cache, program).await, format!(r#"[1,6,"TypeError","{none}",1]"#));
}

#[wasm_bindgen_test]
async fn every_key_of_javascripts_is_another_one() {
    let own = Cache::new(100);
    own.insert("1".to_owned(), JsValue::from("of Rust"));
    let program = r"
        const keys = [1, -1, 1e21, NaN, '\ud800', '\udc00', '\ud800\udc00', '\ufffd', '\u{10ffff}', '\u{10ffff}1', 'NaN'];
        for (const key of keys) await cache.set(key, key);
        const values = await Promise.all(keys.map((key) => cache.get(key)));
        const locks = await Promise.all(keys.map((key) => cache.lock(key)));
        const isSame = (key, index) => Object.is(values[index], key) && Object.is(locks[index].key, key);
        return [cache.size, keys.every(isSame), await cache.get('1'), await cache.get('\ud801') === undefined];
    ";
    assert_eq!(run(InMemoryCache::from(own.clone()), program).await, r#"[12,true,"of Rust",true]"#);
    let number = key_of(&JsValue::from(1)).unwrap();
    assert_eq!(own.get(&number), Some(JsValue::from(1)));
    assert_eq!(key_of(&"1".into()).unwrap(), "1");
}

#[wasm_bindgen_test]
async fn rust_and_javascript_wait_for_each_other() {
    let own: Cache<String, JsValue> = Cache::new(100);
    let turn = own.lock("key").await.unwrap();
    let cache = InMemoryCache::from(own.clone());
    let waiting = run(cache, "return [(await cache.lock('key')).result, cache.inspect().length];");
    let settling = async { turn.set(JsValue::from("of Rust")).unwrap() };
    let (seen, _) = futures_util::future::join(waiting, settling).await;
    assert_eq!(seen, r#"["of Rust",0]"#);
    let program = "
        const lock = await cache.lock('other');
        setTimeout(() => lock.setResult('of JavaScript'), 5);
        const [{ key, kind, waiting }] = cache.inspect();
        return [key, kind, waiting];
    ";
    assert_eq!(run(InMemoryCache::from(own.clone()), program).await, r#"["other","lock",0]"#);
    assert_eq!(own.lock("other").await.unwrap().value(), Some(JsValue::from("of JavaScript")));
}

#[wasm_bindgen_test]
async fn a_callback_that_asks_for_its_own_key_waits_for_nobody() {
    let program = "
        const error = await cache.withLock('key', () => cache.lock('key')).catch((error) => error);
        const late = cache.withLock('key', async () => { await null; return cache.lock('key', { timeout: 5 }); });
        const other = await cache.withLock('key', async () => cache.withLock('other', () => 'other'));
        return [error.code, error.key, error.message, await late.catch(({ code }) => code), other, cache.inspect()];
    ";
    let message = r#"\"key\": the caller would wait for itself: \"key\" → \"key\""#;
    assert_eq!(run(cache(), program).await, format!(r#"["reentrant","key","{message}","lock-timeout","other",[]]"#));
}

#[wasm_bindgen_test]
async fn a_callback_may_enter_the_lock_that_has_caused_it() {
    let options = Function::new_no_args("return { dispose: () => globalThis.enter() };");
    let cache = InMemoryCache::new(options.call0(&JsValue::UNDEFINED).unwrap()).unwrap();
    let program = "
        const { now } = Date;
        const lock = cache.acquire('key');
        const entered = [];
        globalThis.enter = () => entered.push(lock.enter());
        await cache.set('key', 1, 1);
        try {
            Date.now = () => now() + 1001;
            entered.push(lock.enter());
        } finally {
            Date.now = now;
        }
        const locks = await Promise.all(entered);
        return [locks.length, locks.every((each) => each === lock), lock.done];
    ";
    assert_eq!(run(cache, program).await, "[2,true,false]");
}

#[wasm_bindgen_test]
async fn what_leaves_is_told_of() {
    let options = Function::new_no_args(
        "globalThis.gone = []; return { max: 1, policy: 'lru', dispose: (value, key, reason) => { gone.push(value, key, reason); throw new Error('ours'); } };",
    );
    let cache = InMemoryCache::new(options.call0(&JsValue::UNDEFINED).unwrap()).unwrap();
    let program = "
        const told = [];
        const listener = (event) => (event.preventDefault(), told.push(event.error.message));
        addEventListener('error', listener);
        await cache.set(1, 'a');
        await cache.set('b', 'b');
        await cache.clear('b');
        removeEventListener('error', listener);
        return [...gone, ...told];
    ";
    assert_eq!(run(cache, program).await, r#"["a",1,"evict","b","b","delete","ours","ours"]"#);
}

#[wasm_bindgen_test]
async fn a_program_hands_its_cache_to_javascript() {
    let own = Cache::new(10);
    own.insert("key".to_owned(), JsValue::from(1));
    let program = "await cache.set('other', 2); return cache.get('key');";
    assert_eq!(run(InMemoryCache::from(own.clone()), program).await, "1");
    assert_eq!(own.get("other"), Some(JsValue::from(2)));
}
