//! Where futures run in tests: on one thread, on a virtual clock, each only when it was woken.

use crate::runtime::{Virtual, Work};
use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Task {
    work: Option<Work>,
    flag: Arc<Flag>,
}

/// The output of a task, once it has one.
pub type Output<T> = Rc<RefCell<Option<T>>>;

/// See the module.
#[derive(Default)]
pub struct Stage {
    pub time: Virtual,
    tasks: Vec<Task>,
}

impl Stage {
    pub fn new() -> Self {
        Self::default()
    }

    /// One whose runtime runs work that nobody waits for.
    pub fn spawning() -> Self {
        Self { time: Virtual::new().spawning(), tasks: Vec::new() }
    }

    /// Begins a task, and runs all as far as they go. Answers with the task's number, and where its output will be.
    pub fn spawn<T: 'static>(&mut self, future: impl Future<Output = T> + 'static) -> (usize, Output<T>) {
        let output = Output::default();
        let place = Rc::clone(&output);
        let number = self.add(Box::pin(async move {
            let value = future.await;
            *place.borrow_mut() = Some(value);
        }));
        self.run();
        (number, output)
    }

    /// Drops a task, as if its request had ended.
    pub fn drop_task(&mut self, number: usize) {
        self.tasks[number].work = None;
        self.run();
    }

    /// Stops a task without dropping it, as if its request were frozen: it is never polled again.
    pub fn freeze(&mut self, number: usize) {
        std::mem::forget(self.tasks[number].work.take());
    }

    pub fn advance(&mut self, milliseconds: u64) {
        for _ in 0..milliseconds {
            self.time.advance(Duration::from_millis(1));
            self.run();
        }
    }

    /// Polls every task that was woken, until none is.
    pub fn run(&mut self) {
        loop {
            for work in self.time.spawned() {
                self.add(work);
            }
            let woken = self
                .tasks
                .iter_mut()
                .position(|task| task.work.is_some() && task.flag.0.swap(false, Ordering::Relaxed));
            let Some(number) = woken else { return };
            let task = &mut self.tasks[number];
            let waker = Waker::from(Arc::clone(&task.flag));
            let work = task.work.as_mut().unwrap();
            if work.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                task.work = None;
            }
        }
    }

    fn add(&mut self, work: Work) -> usize {
        self.tasks.push(Task { work: Some(work), flag: Arc::new(Flag(AtomicBool::new(true))) });
        self.tasks.len() - 1
    }
}
