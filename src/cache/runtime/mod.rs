//! What a cache needs of the place where it runs: clocks, timers, and a way to wake whoever waits.
//!
//! Natively, [`Native`] serves with any executor. In browsers and on edge workers, `Web` does, with the feature `web`.
//! [`Virtual`] has a time of its own, for tests.

mod native;
mod virtual_time;
#[cfg(all(feature = "web", target_arch = "wasm32"))]
mod web;

pub use native::Native;
pub use virtual_time::Virtual;
#[cfg(all(feature = "web", target_arch = "wasm32"))]
pub use web::Web;

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// A future that a runtime makes, or that it runs.
pub type Work = Pin<Box<dyn Future<Output = ()>>>;

/// Ends a wait. Dropping it leaves the wait without an end.
pub type Wake = Box<dyn FnOnce()>;

/// The place where a cache runs. Times are in milliseconds.
///
/// A cache calls none of these methods while it works on its own state, so they may use the cache.
///
/// ```
/// use keylatch::runtime::{Native, Runtime, Work};
///
/// /// Natively, with the executor of a program.
/// struct Spawning<S>(Native, S);
///
/// impl<S: Fn(Work)> Runtime for Spawning<S> {
///     fn now(&self) -> f64 {
///         self.0.now()
///     }
///
///     fn elapsed(&self) -> f64 {
///         self.0.elapsed()
///     }
///
///     fn sleep(&self, milliseconds: f64) -> Work {
///         self.0.sleep(milliseconds)
///     }
///
///     fn spawn(&self, work: Work) -> Result<(), Work> {
///         (self.1)(work);
///         Ok(())
///     }
/// }
///
/// let runtime = Spawning(Native::new(), |work| drop(work)); // stands for `tokio::task::spawn_local`
/// let cache: keylatch::Cache<u32, u32> = keylatch::Cache::builder().runtime(runtime).build();
/// # assert!(cache.is_empty());
/// ```
pub trait Runtime {
    /// The wall clock, for expiry. A number that isn't finite stands for a clock that doesn't run yet: no time passes.
    fn now(&self) -> f64;

    /// A clock that nobody sets, for waits and leases. What it reads at the beginning doesn't matter.
    fn elapsed(&self) -> f64;

    /// A future that is ready after a while. Made in the turn of the event loop in which its caller begins to wait.
    fn sleep(&self, milliseconds: f64) -> Work;

    /// A future, and what makes it ready. Made in the turn of the event loop in which its caller begins to wait: on edge
    /// workers, what was made by one request can't be used by another one.
    fn deferred(&self) -> (Wake, Work) {
        let bell = Rc::new(RefCell::new(Bell { has_rung: false, waker: None }));
        let ringing = Rc::clone(&bell);
        let wake = move || {
            let waker = {
                let mut bell = ringing.borrow_mut();
                bell.has_rung = true;
                bell.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        };
        (Box::new(wake), Box::pin(Rung(bell)))
    }

    /// Runs work that nobody waits for. A runtime that can't gives it back, as this one does: then the caller who asked
    /// for a value does the work.
    ///
    /// # Errors
    /// The work.
    fn spawn(&self, work: Work) -> Result<(), Work> {
        Err(work)
    }
}

struct Bell {
    has_rung: bool,
    waker: Option<Waker>,
}

/// Ready once its bell has rung.
struct Rung(Rc<RefCell<Bell>>);

impl Future for Rung {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // Cloned and dropped outside of the borrow: wakers are the executor's code.
        let waker = context.waker().clone();
        let mut bell = self.0.borrow_mut();
        if bell.has_rung {
            return Poll::Ready(());
        }
        let before = bell.waker.replace(waker);
        drop(bell);
        drop(before);
        Poll::Pending
    }
}

/// The runtime of a cache that names none.
pub(super) fn standard() -> Rc<dyn Runtime> {
    #[cfg(all(feature = "web", target_arch = "wasm32"))]
    return Rc::new(Web::new());
    #[cfg(not(all(feature = "web", target_arch = "wasm32")))]
    Rc::new(Native::new())
}
