//! Where futures run in tests: on one thread, on a virtual clock, each only when it was woken.

use crate::runtime::{Virtual, Work};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

/// The numbers of the tasks that were woken, in that order.
type Woken = Arc<Mutex<VecDeque<usize>>>;

struct Alarm {
    number: usize,
    woken: Woken,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        let mut woken = self.woken.lock().unwrap();
        if !woken.contains(&self.number) {
            woken.push_back(self.number);
        }
    }
}

/// The output of a task, once it has one.
pub type Output<T> = Rc<RefCell<Option<T>>>;

/// See the module.
#[derive(Default)]
pub struct Stage {
    pub time: Virtual,
    tasks: Vec<Option<Work>>,
    woken: Woken,
}

impl Stage {
    pub fn new() -> Self {
        Self::default()
    }

    /// One whose runtime runs work that nobody waits for.
    pub fn spawning() -> Self {
        Self { time: Virtual::new().spawning(), ..Self::default() }
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
        self.tasks[number] = None;
        self.run();
    }

    /// Stops a task without dropping it, as if its request were frozen: it is never polled again.
    pub fn freeze(&mut self, number: usize) {
        std::mem::forget(self.tasks[number].take());
    }

    /// Stops a task, until it goes on.
    pub fn pause(&mut self, number: usize) -> Work {
        self.tasks[number].take().unwrap()
    }

    /// Has a task go on that was stopped.
    pub fn resume(&mut self, number: usize, work: Work) {
        self.tasks[number] = Some(work);
        self.woken.lock().unwrap().push_back(number);
        self.run();
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
            let Some(number) = self.woken.lock().unwrap().pop_front() else { return };
            let waker = Waker::from(Arc::new(Alarm { number, woken: Arc::clone(&self.woken) }));
            if let Some(work) = &mut self.tasks[number]
                && work.as_mut().poll(&mut Context::from_waker(&waker)).is_ready()
            {
                self.tasks[number] = None;
            }
        }
    }

    fn add(&mut self, work: Work) -> usize {
        self.tasks.push(Some(work));
        self.woken.lock().unwrap().push_back(self.tasks.len() - 1);
        self.tasks.len() - 1
    }
}
