//! One caller who waits for a value: asks, waits, looks, and perhaps runs the loader.

use super::LoadOptions;
use super::context::LoadContext;
use super::work::{self, Job};
use crate::cache::bell::Listener;
use crate::cache::core::Core;
use crate::cache::place::Place;
use crate::cache::runtime::Work;
use crate::cache::state::{Asked, Refreshed, Seen};
use crate::cache::table::Record;
use crate::cache::ticket::{Outcome, Ticket, Waiter};
use crate::flight;
use std::any::Any;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// What a loader brings.
pub(super) type Loading<V> = Pin<Box<dyn Future<Output = Result<V, Rc<dyn Any>>>>>;

/// A loader without its types.
pub(in crate::cache) type Loader<K, V> = Box<dyn FnOnce(LoadContext<K, V>) -> Loading<V>>;

/// A caller's loader, until it is called.
pub(super) struct Own<K, V> {
    pub loader: Cell<Option<Loader<K, V>>>,
    /// Whether whatever was to run it is gone.
    pub has_died: Cell<bool>,
}

/// See the module.
pub(in crate::cache) struct Call<'a, K, V> {
    core: Rc<Core<K, V>>,
    place: Rc<Place<K>>,
    own: Rc<Own<K, V>>,
    options: LoadOptions<'a>,
    /// When it gives up, whatever it waits for.
    hard: f64,
    soft: f64,
    waiter: Option<Rc<Waiter<K, V>>>,
    listener: Listener,
    /// When it looks.
    timer: Option<(f64, Work)>,
    /// The load, if it runs here.
    work: Option<Work>,
    /// That of the load that it runs, or has run.
    ticket: Option<Rc<Ticket<K, V>>>,
    /// The stale value, while this caller loads a new one in nobody's name.
    serving: Option<Rc<Record<K, V>>>,
    has_asked: bool,
}

impl<'a, K: Clone + Eq + 'static, V: 'static> Call<'a, K, V> {
    pub fn new(
        core: Rc<Core<K, V>>,
        place: Rc<Place<K>>,
        loader: Option<Loader<K, V>>,
        options: LoadOptions<'a>,
    ) -> Self {
        let now = core.elapsed();
        Self {
            hard: now + options.hard_timeout,
            soft: now + options.timeout,
            core,
            place,
            own: Rc::new(Own { loader: Cell::new(loader), has_died: Cell::new(false) }),
            options,
            waiter: None,
            listener: Listener::default(),
            timer: None,
            work: None,
            ticket: None,
            serving: None,
            has_asked: false,
        }
    }

    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<Outcome<K, V>> {
        loop {
            if self.serving.is_some() {
                return self.poll_refresh(context);
            }
            let Some(waiter) = self.waiter.clone() else {
                match self.ask() {
                    Some(outcome) => return Poll::Ready(outcome),
                    None => continue,
                }
            };
            self.poll_work(context);
            match waiter.outcome() {
                Some(Outcome::Again) if self.own.has_died.get() => {
                    self.waiter = None;
                    return Poll::Ready(Outcome::Abandoned);
                }
                Some(Outcome::Again) => {
                    (self.waiter, self.timer, self.listener) = (None, None, Listener::default());
                    continue;
                }
                Some(outcome) => {
                    self.waiter = None;
                    return Poll::Ready(outcome);
                }
                None => {}
            }
            if self.listener.listen(&waiter.bells, &*self.core.settings.runtime) {
                continue;
            }
            if self.listener.poll(context).is_ready() {
                continue;
            }
            if self.poll_timer(&waiter, context).is_pending() {
                return Poll::Pending;
            }
            if let Some(outcome) = self.look(&waiter) {
                return Poll::Ready(outcome);
            }
        }
    }

    fn poll_work(&mut self, context: &mut Context<'_>) {
        // Taken out, so that it isn't polled again if it panics.
        if let Some(mut work) = self.work.take()
            && work.as_mut().poll(context).is_pending()
        {
            self.work = Some(work);
        }
    }

    /// Asks for the value. Answers with the outcome if there is one at once.
    fn ask(&mut self) -> Option<Outcome<K, V>> {
        let place = Rc::clone(&self.place);
        let (stale, stale_for) = match self.stale() {
            Some((record, stale_for)) => (Some(record), stale_for),
            None => (None, f64::INFINITY),
        };
        let now = self.core.elapsed();
        let may_wait = !self.has_asked;
        self.has_asked = true;
        if may_wait && let Some(stale) = stale.clone().filter(|_| !self.options.is_fresh) {
            let &LoadOptions { lease, swr, grace_backoff: backoff, .. } = &self.options;
            let refreshed = self.core.edit(|state| state.refresh(&place, lease, stale_for, swr, backoff, now));
            match refreshed {
                Err(_) => return Some(Outcome::OutOfMemory),
                Ok(Refreshed::TooOld) => {}
                Ok(Refreshed::Serve) => return Some(self.serve(stale)),
                Ok(Refreshed::Leads(ticket)) => {
                    self.run(ticket, Some(Rc::clone(&stale)));
                    if let Some(work) = self.work.take() {
                        self.work = self.core.settings.runtime.spawn(work).err();
                    }
                    if self.work.is_none() {
                        return Some(self.serve(stale));
                    }
                    self.serving = Some(stale);
                    return None;
                }
            }
        }
        let call = flight::Call {
            lease: self.options.lease,
            stale_for,
            grace: self.options.grace,
            timeout: self.soft - now,
            hard_timeout: self.hard - now,
            grace_backoff: self.options.grace_backoff,
            negative_backoff: self.options.negative_backoff,
        };
        let is_fresh = self.options.is_fresh && may_wait;
        let asked = self.core.edit(|state| state.ask(&place, is_fresh, &call, stale.clone(), now));
        match asked {
            Err(_) => return Some(Outcome::OutOfMemory),
            Ok(Asked::IsReentrant) => return Some(Outcome::Reentrant),
            Ok(Asked::TakesStale) => return stale.map(|stale| self.serve(stale)),
            Ok(Asked::IsRefused(error)) => return Some(Outcome::Refused(error)),
            Ok(Asked::Joins(waiter)) => self.waiter = Some(waiter),
            Ok(Asked::Leads(waiter, ticket)) => {
                self.waiter = Some(waiter);
                self.run(ticket, stale);
            }
        }
        None
    }

    /// The expired value of the key, and for how long it has been expired.
    fn stale(&self) -> Option<(Rc<Record<K, V>>, f64)> {
        let Place { hash, space, key, .. } = &*self.place;
        let found = self.core.find(*hash, space, key).filter(|found| found.expires)?;
        let now = self.core.now();
        let stale_for = self.core.read(|state| {
            state.table.is_filed(found.slot, &found.record).then(|| state.table.stale_for(found.slot, now)).flatten()
        });
        Some((found.record, stale_for?))
    }

    fn serve(&self, stale: Rc<Record<K, V>>) -> Outcome<K, V> {
        self.core.edit(|state| state.table.counts.stale += 1);
        Outcome::Stale(stale)
    }

    /// Has a load run, elsewhere if that is possible.
    fn run(&mut self, ticket: Rc<Ticket<K, V>>, stale: Option<Rc<Record<K, V>>>) {
        self.ticket = Some(Rc::clone(&ticket));
        let job = Job {
            core: Rc::clone(&self.core),
            ticket,
            own: Rc::clone(&self.own),
            stale,
            options: self.options.entry.clone(),
            backs_off: self.options.grace_backoff.max(self.options.negative_backoff) > 0.0,
        };
        let work: Work = Box::pin(work::run(job));
        match &self.options.wait_until {
            Some(wait_until) => wait_until(work),
            None => self.work = Some(work),
        }
    }

    /// Loads a new value for nobody, since nothing else would, and answers with that, or with the stale one.
    fn poll_refresh(&mut self, context: &mut Context<'_>) -> Poll<Outcome<K, V>> {
        self.poll_work(context);
        if self.work.is_some() {
            return Poll::Pending;
        }
        let Place { hash, space, key, .. } = &*self.place;
        let fresh = self.core.peek(*hash, space, key).map(Outcome::Value);
        let stale = self.serving.take();
        Poll::Ready(fresh.or_else(|| Some(self.serve(stale?))).unwrap_or(Outcome::Abandoned))
    }

    /// Ready when it is time to look.
    fn poll_timer(&mut self, waiter: &Rc<Waiter<K, V>>, context: &mut Context<'_>) -> Poll<()> {
        let core = &self.core;
        let (due, timer) = self.timer.get_or_insert_with(|| {
            let now = core.elapsed();
            let patience = core.read(|state| state.waiter_patience(waiter, now));
            core.timer(now, patience)
        });
        if timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        core.reach(*due);
        self.timer = None;
        Poll::Ready(())
    }

    /// Looks whether it has waited for long enough. Answers with the outcome if it has.
    fn look(&mut self, waiter: &Rc<Waiter<K, V>>) -> Option<Outcome<K, V>> {
        let now = self.core.elapsed();
        let place = Rc::clone(&self.place);
        match self.core.edit(|state| state.look(waiter, &place, now)) {
            Seen::Waits => None,
            Seen::TakesOver(ticket) => {
                let stale = waiter.stale.clone();
                let replaced = self.work.take();
                self.run(ticket, stale);
                drop(replaced);
                None
            }
            Seen::Ends(outcome) => {
                self.waiter = None;
                // The load goes on without this caller, if somebody wants its value, and something else runs it.
                let is_wanted = self.ticket.as_ref().is_some_and(|ticket| !ticket.is_released.get());
                if let Some(work) = self.work.take().filter(|_| is_wanted) {
                    drop(self.core.settings.runtime.spawn(work));
                }
                Some(outcome)
            }
        }
    }
}

impl<K, V> Drop for Call<'_, K, V> {
    fn drop(&mut self) {
        let now = self.core.elapsed();
        if let Some(waiter) = self.waiter.take() {
            self.core.edit(|state| state.leave(&waiter, &self.place, now));
        }
        // Hands over to those who are left.
        self.work = None;
        self.core.edit(|state| {
            let deeds = &mut state.table.deeds;
            state.places.leave(&self.place, deeds);
        });
    }
}
