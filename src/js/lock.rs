//! The lock of a key.

use super::abort::{OnAbort, abortion};
use super::cache::{InMemoryCache, at_once};
use super::error::{Thrown, about, define, describe, of_source, thrown};
use super::options::{Patience, SetCall, Shared, lease};
use super::platform::{AbortController, AbortSignal, Weak, prototype_of, text};
use super::{key, promise};
use crate::SettleError;
use crate::aries::{self, ErrorCode};
use js_sys::{Function, Promise, Reflect, Symbol};
use std::cell::{Cell, OnceCell, RefCell};
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

type Lock = aries::CacheKeyLock<aries::InMemoryCache<JsValue>>;

/// A lock on a key. The first that enters computes the value; the others wait for it. Leave it with `exit`.
#[wasm_bindgen(skip_typescript)]
pub struct CacheKeyLock {
    lock: Lock,
    companion: Rc<Companion>,
}

/// What JavaScript knows of a lock. All its objects for one lock share it.
#[derive(Default)]
struct Companion {
    patience: Patience,
    shared: Rc<Shared>,
    object: RefCell<Option<Weak>>,
    /// Why its signal has ended its wait.
    reason: RefCell<Option<JsValue>>,
    entered: OnceCell<Promise>,
    future: OnceCell<Promise>,
    signal: OnceCell<AbortSignal>,
}

thread_local! {
    /// The locks whose callbacks run at the moment: from their start to their first `await`.
    static RUNNING: RefCell<Vec<Lock>> = const { RefCell::new(Vec::new()) };
    /// Whether the class has its methods with symbols for names.
    static IS_DRESSED: Cell<bool> = const { Cell::new(false) };
}

#[wasm_bindgen]
impl CacheKeyLock {
    /// The cache that it belongs to. Another object each time.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn cache(&self) -> InMemoryCache {
        InMemoryCache { cache: self.lock.cache().clone(), shared: Rc::clone(&self.companion.shared) }
    }

    /// The key.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn key(&self) -> JsValue {
        key::to_js(self.lock.key())
    }

    /// Whether it has a result, or was given back.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn done(&self) -> bool {
        self.lock.done()
    }

    /// The result; `undefined` if there is none.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn result(&self) -> JsValue {
        self.lock.result().unwrap_or_default()
    }

    /// A promise of the result; of `undefined` if the lock is left without one.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn future(&self) -> Promise {
        let make = || {
            let future = self.lock.future();
            future_to_promise(async move { Ok(future.await.unwrap_or_default()) })
        };
        self.companion.future.get_or_init(make).clone()
    }

    /// The lock that held the key when this one was acquired, as long as somebody has it.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn parent(&self) -> JsValue {
        self.lock.parent().map(|parent| Self::of(parent).object()).unwrap_or_default()
    }

    /// What it was left with, or has failed with.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn exception(&self) -> JsValue {
        self.lock.exception().map(|error| of_source(&*error)).unwrap_or_default()
    }

    /// Whether it was given back.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn released(&self) -> bool {
        self.lock.released()
    }

    /// The number of its turn; 0 if it had none. It grows with each holder of the key.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn token(&self) -> f64 {
        self.lock.token() as f64
    }

    /// An `AbortSignal` that aborts when the lock loses its turn.
    ///
    /// # Errors
    /// Where there is no `AbortController`.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn signal(&self) -> Result<JsValue, JsValue> {
        if let Some(signal) = self.companion.signal.get() {
            return Ok(signal.into());
        }
        let controller = AbortController::new()?;
        let signal = controller.signal();
        let _ = self.companion.signal.set(signal.clone());
        let lost = aries::CacheError::of_result(SettleError::Lost, self.lock.key());
        self.lock.on_loss(move || {
            // The platform tells of the errors of listeners.
            let _ = controller.abort(&thrown(&lost));
        });
        Ok(signal.into())
    }

    /// Waits for the turn, or for the holder's result. A promise of this lock.
    #[wasm_bindgen(skip_typescript)]
    pub fn enter(&self) -> Promise {
        enter(self)
    }

    /// Hands the result to all who wait, and stores it. With `undefined` nothing happens.
    #[wasm_bindgen(js_name = setResult, skip_typescript)]
    pub fn set_result(&self, value: JsValue, options: JsValue) -> Promise {
        promise(self.settle(value, &options).map(|()| JsValue::UNDEFINED))
    }

    /// Leaves the lock, perhaps with what was thrown. Without a result, the next in line has the turn.
    #[wasm_bindgen(skip_typescript)]
    pub fn exit(&self, error: JsValue) -> Promise {
        exit(&self.lock, Some(error).filter(|error| !error.is_undefined()));
        promise(Ok(JsValue::UNDEFINED))
    }

    /// Leaves the lock, and ends all who wait for its result with the same error.
    #[wasm_bindgen(skip_typescript)]
    pub fn fail(&self, error: JsValue) {
        let error = if error.is_undefined() || error.is_null() {
            about("not-holder", &self.key(), "the lock has failed, and no error was given")
        } else {
            error
        };
        self.lock.fail(Rc::new(Thrown(error)));
    }

    /// Starts the lease again. Tells whether it is this lock's turn still.
    ///
    /// # Errors
    /// A `CacheError` with `invalid-option`.
    #[wasm_bindgen(skip_typescript)]
    pub fn extend(&self, milliseconds: JsValue) -> Result<bool, JsValue> {
        Ok(self.lock.extend(lease(&milliseconds)?))
    }

    /// Gives the lock back. A second time, nothing happens.
    #[wasm_bindgen(skip_typescript)]
    pub fn release(&self) {
        self.lock.release();
    }
}

impl CacheKeyLock {
    pub(super) fn new(lock: Lock, patience: Patience, shared: &Rc<Shared>) -> Self {
        let shared = Rc::clone(shared);
        lock.companion(|| Rc::new(Companion { patience, shared, ..Companion::default() }));
        Self::of(lock)
    }

    /// The same lock once more.
    fn of(lock: Lock) -> Self {
        let companion = Rc::clone(lock.companion(|| Rc::new(Companion::default())));
        // No other type is ever filed there.
        let companion = companion.downcast().unwrap_or_default();
        Self { lock, companion }
    }

    fn again(&self) -> Self {
        Self { lock: self.lock.clone(), companion: Rc::clone(&self.companion) }
    }

    /// The object that JavaScript has of it already, or a new one.
    pub(super) fn object(self) -> JsValue {
        let known = self.companion.object.borrow().as_ref().and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let companion = Rc::clone(&self.companion);
            let object = JsValue::from(self);
            dress(&object);
            let before = companion.object.replace(Some(Weak::to(&object)));
            drop(before);
            object
        })
    }

    fn settle(&self, value: JsValue, options: &JsValue) -> Result<(), JsValue> {
        if value.is_undefined() {
            return Ok(());
        }
        let call = SetCall::read(options)?;
        let options = call.of(&self.companion.shared, &self.key(), &value)?;
        let settled = at_once(self.lock.set_result_as(value, None, options));
        if call.has_passed && settled.is_ok() {
            self.lock.cache().cache().remove(self.lock.key());
        }
        settled
    }

    /// Whether a callback that holds the key waits for this lock, and so for itself.
    fn is_reentrant(&self) -> bool {
        let parent = self.lock.parent().filter(|parent| !parent.done());
        parent.is_some_and(|parent| RUNNING.with_borrow(|running| running.contains(&parent)))
    }
}

/// Enters a lock, once. A promise of its object.
pub(super) fn enter(lock: &CacheKeyLock) -> Promise {
    let entered = &lock.companion.entered;
    if let Some(entered) = entered.get() {
        return entered.clone();
    }
    // Runs callbacks, which may enter the same lock: then there is a promise already.
    let promise = begin(lock.again()).unwrap_or_else(|error| promise(Err(error)));
    entered.get_or_init(|| promise).clone()
}

fn begin(lock: CacheKeyLock) -> Result<Promise, JsValue> {
    let signal = lock.companion.patience.signal.clone();
    let refusal = signal.as_ref().and_then(abortion).or_else(|| {
        let shown = lock.is_reentrant().then(|| describe(&lock.key()))?;
        let words = format!("the caller would wait for itself: {shown} → {shown}");
        Some(about("reentrant", &lock.key(), &words))
    });
    if let Some(reason) = refusal {
        lock.lock.release();
        return Err(reason);
    }
    let (entering, entered) = (lock.again(), lock.again());
    let mut work: Pin<Box<dyn Future<Output = _>>> = Box::pin(async move { entering.lock.enter().await });
    // Asks for the turn in the caller's own turn of the event loop, and makes its timer and its promise there.
    if let Poll::Ready(result) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return entered.outcome(result).map(|object| Promise::resolve(&object));
    }
    let listening = signal.map(|signal| {
        OnAbort::new(&signal, move |reason| {
            let before = lock.companion.reason.replace(Some(reason.clone()));
            drop(before);
            lock.lock.release();
        })
    });
    let listening = listening.transpose().inspect_err(|_| entered.lock.release())?;
    Ok(future_to_promise(async move {
        let result = work.await;
        drop(listening);
        entered.outcome(result)
    }))
}

impl CacheKeyLock {
    /// What a wait comes to.
    fn outcome(self, result: Result<(), aries::CacheError>) -> Result<JsValue, JsValue> {
        let Err(error) = result else { return Ok(self.object()) };
        self.lock.release();
        let aborted = self.companion.reason.take();
        Err(aborted.unwrap_or_else(|| match (error.code(), self.companion.patience.timeout) {
            (ErrorCode::LockTimeout, Some(timeout)) => {
                let words = format!("no turn within {} ms", text(&timeout.into()));
                about(error.code().as_str(), &self.key(), &words)
            }
            _ => thrown(&error),
        }))
    }
}

/// Calls a function with a lock, once its turn has come, and leaves the lock on every path.
pub(super) fn with_lock(lock: CacheKeyLock, callback: Function) -> Promise {
    let entered = enter(&lock);
    future_to_promise(async move {
        let object = JsFuture::from(entered).await?;
        RUNNING.with_borrow_mut(|running| running.push(lock.lock.clone()));
        let returned = callback.call1(&JsValue::UNDEFINED, &object);
        let ran = RUNNING.with_borrow_mut(Vec::pop);
        drop(ran);
        let outcome = match returned {
            Ok(value) => JsFuture::from(Promise::resolve(&value)).await,
            failed => failed,
        };
        exit(&lock.lock, outcome.as_ref().err().cloned());
        outcome
    })
}

fn exit(lock: &Lock, error: Option<JsValue>) {
    lock.exit(error.map(|error| Rc::new(Thrown(error)) as Rc<dyn Error>));
}

/// Gives the class its methods for `using` and `await using`, once.
fn dress(object: &JsValue) {
    if IS_DRESSED.replace(true) {
        return;
    }
    let Ok(class) = prototype_of(object) else { return };
    for (symbol, method) in [("dispose", "release"), ("asyncDispose", "exit")] {
        // Where the runtime has none, the symbol that compilers use instead.
        let own = Reflect::get(&js_sys::global(), &"Symbol".into()).and_then(|all| Reflect::get(&all, &symbol.into()));
        let own = own.ok().filter(JsValue::is_symbol);
        let name = own.unwrap_or_else(|| Symbol::for_(&format!("Symbol.{symbol}")).into());
        // A frozen class does without.
        let _ = Reflect::get(&class, &method.into()).and_then(|method| define(&class, &name, &method));
    }
}
