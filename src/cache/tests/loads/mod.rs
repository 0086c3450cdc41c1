//! Loads: each promise alone.

mod ahead;
mod changes;
mod conditional;
mod failures;
mod many;
mod retries;
mod sharing;
mod stale;

use super::stage::{Output, Stage};
use crate::{Cache, EntryOptions, Load, LoadContext, LoadError};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const LEASE: u64 = 100;

type Answer = Result<u32, LoadError<&'static str>>;

/// A loader's answer, given from outside.
#[derive(Clone, Default)]
struct Gate {
    answer: Rc<RefCell<Option<Result<u32, &'static str>>>>,
    waker: Rc<RefCell<Option<Waker>>>,
    calls: Rc<Cell<u32>>,
    /// How many of its loaders were dropped or have ended.
    ended: Rc<Cell<u32>>,
}

impl Gate {
    fn open(&self, answer: Result<u32, &'static str>) {
        *self.answer.borrow_mut() = Some(answer);
        self.waker.take().into_iter().for_each(Waker::wake);
    }

    async fn load(self) -> Result<u32, &'static str> {
        struct End(Rc<Cell<u32>>);
        impl Drop for End {
            fn drop(&mut self) {
                self.0.set(self.0.get() + 1);
            }
        }
        self.calls.set(self.calls.get() + 1);
        let _end = End(Rc::clone(&self.ended));
        std::future::poll_fn(|context| {
            *self.waker.borrow_mut() = Some(context.waker().clone());
            self.answer.borrow().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

struct Loads {
    stage: Stage,
    cache: Cache<u32, u32>,
}

const ONE_HOUR: Duration = Duration::from_secs(3600);

impl Loads {
    fn on(stage: Stage) -> Self {
        let lease = Duration::from_millis(LEASE);
        let builder = Cache::builder().max(100).lease(lease).swr(ONE_HOUR / 2).grace(ONE_HOUR);
        Self { cache: builder.runtime(stage.time.clone()).build(), stage }
    }

    fn new() -> Self {
        Self::on(Stage::new())
    }

    fn begin(&mut self, gate: &Gate) -> (usize, Output<Answer>) {
        self.begin_with(gate, |load| load)
    }

    fn begin_with<L>(&mut self, gate: &Gate, change: impl FnOnce(Plain) -> L + 'static) -> (usize, Output<Answer>)
    where
        L: Future<Output = Answer> + 'static,
    {
        let (cache, gate) = (self.cache.clone(), gate.clone());
        let loader: Loader = Box::new(move |_| Box::pin(gate.load()));
        self.stage.spawn(change(cache.load(&7, loader)))
    }

    fn assert_nothing_is_left(&self) {
        self.cache.core.read(|state| {
            state.validate();
            state.assert_nothing_is_left();
        });
    }
}

type Loader = Box<dyn FnOnce(LoadContext<u32, u32>) -> Pin<Box<dyn Future<Output = Result<u32, &'static str>>>>>;
type Plain = Load<'static, u32, u32, u32, Loader, &'static str>;

fn value(output: &Output<Answer>) -> Option<u32> {
    output.borrow().clone()?.ok()
}

fn error(output: &Output<Answer>) -> Option<LoadError<&'static str>> {
    output.borrow().clone()?.err()
}
