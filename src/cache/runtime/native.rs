//! The runtime of servers and command-line programs, for any executor.

use super::{Runtime, Work};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The longest time that a timer is set to: a year.
const LONGEST: f64 = 365.0 * 24.0 * 3_600_000.0;

/// Clocks and timers of the standard library, and wakers of whichever executor polls. The first wait starts one thread,
/// which serves the timers of all caches.
///
/// On `wasm32-unknown-unknown` the standard library has neither clock nor threads: time stands still there, and timers
/// never fire. The feature `web` brings a runtime for browsers and workers.
///
/// ```
/// use keylatch::runtime::{Native, Runtime};
///
/// let now = Native::new().now();
/// assert!(now > 1_700_000_000_000.0);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Native {
    began: Option<Instant>,
}

impl Native {
    /// A runtime whose [`Runtime::elapsed`] begins now.
    ///
    /// ```
    /// use keylatch::runtime::{Native, Runtime};
    ///
    /// assert!(Native::new().elapsed() < 1000.0);
    /// ```
    pub fn new() -> Self {
        Self { began: HAS_CLOCKS.then(Instant::now) }
    }
}

/// Whether the standard library can tell the time: it panics otherwise.
const HAS_CLOCKS: bool = !cfg!(all(target_arch = "wasm32", target_os = "unknown"));

impl Default for Native {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for Native {
    fn now(&self) -> f64 {
        let since = HAS_CLOCKS.then(SystemTime::now).and_then(|now| now.duration_since(UNIX_EPOCH).ok());
        since.map_or(f64::NAN, |since| since.as_secs_f64() * 1000.0)
    }

    fn elapsed(&self) -> f64 {
        self.began.map_or(0.0, |began| began.elapsed().as_secs_f64() * 1000.0)
    }

    fn sleep(&self, milliseconds: f64) -> Work {
        let delay = Duration::from_secs_f64(milliseconds.clamp(0.0, LONGEST) / 1000.0);
        Box::pin(Sleep { due: self.began.map(|_| Instant::now() + delay), alarm: None })
    }
}

/// Ready at a moment; never, where there is no clock.
struct Sleep {
    due: Option<Instant>,
    /// Set once it was polled.
    alarm: Option<Arc<Mutex<Option<Waker>>>>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(due) = self.due else { return Poll::Pending };
        if Instant::now() >= due {
            return Poll::Ready(());
        }
        let waker = Some(context.waker().clone());
        match &self.alarm {
            Some(alarm) => *lock(alarm) = waker,
            None => {
                let alarm = Arc::new(Mutex::new(waker));
                Clock::shared().set(Alarm { due, waker: Arc::clone(&alarm) });
                self.alarm = Some(alarm);
            }
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(alarm) = &self.alarm {
            let waker = lock(alarm).take();
            drop(waker);
        }
    }
}

/// A waker that is due at a moment. Ordered so that the next one is the greatest.
struct Alarm {
    due: Instant,
    waker: Arc<Mutex<Option<Waker>>>,
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.due == other.due
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> Ordering {
        other.due.cmp(&self.due)
    }
}

/// All alarms, and the thread that rings them.
struct Clock {
    alarms: Mutex<BinaryHeap<Alarm>>,
    changed: Condvar,
}

impl Clock {
    fn shared() -> &'static Self {
        static CLOCK: OnceLock<Clock> = OnceLock::new();
        let mut is_new = false;
        let clock = CLOCK.get_or_init(|| {
            is_new = true;
            Clock { alarms: Mutex::new(BinaryHeap::new()), changed: Condvar::new() }
        });
        if is_new {
            // Without a thread there are no timers: leases then end when somebody else asks for the key.
            let _ = thread::Builder::new().name("keylatch-timers".to_owned()).spawn(|| clock.run());
        }
        clock
    }

    fn set(&self, alarm: Alarm) {
        lock(&self.alarms).push(alarm);
        self.changed.notify_one();
    }

    fn run(&self) -> ! {
        let mut alarms = lock(&self.alarms);
        loop {
            let now = Instant::now();
            match alarms.peek().map(|alarm| alarm.due.saturating_duration_since(now)) {
                None => alarms = self.changed.wait(alarms).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => {
                    let due = alarms.pop();
                    drop(alarms);
                    if let Some(waker) = due.and_then(|alarm| lock(&alarm.waker).take()) {
                        waker.wake();
                    }
                    alarms = lock(&self.alarms);
                }
                Some(rest) => {
                    let woken = self.changed.wait_timeout(alarms, rest);
                    alarms = woken.map_or_else(|poisoned| poisoned.into_inner().0, |(alarms, _)| alarms);
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
