//! One caller who waits for a value: asks, waits, looks, and perhaps runs the loader.

use super::context::LoadContext;
use super::old::{self, Old, Tags};
use super::work::{self, Job};
use super::{LoadDefaults, LoadOptions};
use crate::arena::OutOfMemory;
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

/// Why a loader has brought nothing.
pub(in crate::cache) struct Failure {
    pub error: Rc<dyn Any>,
    /// Whether it is worth another try.
    pub is_temporary: bool,
}

/// What a loader brings.
pub(in crate::cache) type Loading<V> = Pin<Box<dyn Future<Output = Result<V, Failure>>>>;

/// A loader without its types. It can be called again if it can be cloned, and else answers with nothing.
pub(in crate::cache) type Loader<K, V> = Box<dyn FnMut(LoadContext<K, V>) -> Option<Loading<V>>>;

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
    /// The value that it has, while it loads a new one in nobody's name.
    serving: Option<Rc<Record<K, V>>>,
    /// The value that the key has, and the tags of its entry.
    old: Option<Rc<Old<K, V>>>,
    tags: Option<Tags>,
    has_asked: bool,
}

impl<'a, K: Clone + Eq + 'static, V: 'static> Call<'a, K, V> {
    pub fn new(
        core: Rc<Core<K, V>>,
        place: Rc<Place<K>>,
        loader: Option<Loader<K, V>>,
        options: LoadOptions<'a>,
        tags: Option<Tags>,
    ) -> Self {
        let now = core.elapsed();
        Self {
            hard: now + options.defaults.hard_timeout,
            soft: now + options.defaults.timeout,
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
            old: None,
            tags,
            has_asked: false,
        }
    }

    pub fn poll(&mut self, context: &mut Context<'_>) -> Poll<Outcome<K, V>> {
        loop {
            if self.serving.is_some() {
                return self.poll_behind(context);
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
            let patience = |core: &Core<K, V>, now| core.read(|state| state.waiter_patience(&waiter, now));
            if self.poll_timer(patience, context).is_pending() {
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

    /// Loads a new value behind one that has not expired, which may go to the caller meanwhile.
    pub fn ask_ahead(&mut self, fresh: Rc<Record<K, V>>) {
        self.has_asked = true;
        self.look_up();
        if let Ok(Refreshed::Leads(ticket)) = self.ask_behind(-1.0) {
            self.run_behind(ticket);
        }
        self.serving = Some(fresh);
    }

    /// Asks for the value. Answers with the outcome if there is one at once.
    fn ask(&mut self) -> Option<Outcome<K, V>> {
        let place = Rc::clone(&self.place);
        self.look_up();
        let stale_for = self.old.as_ref().and_then(|old| old.stale_for);
        let stale = self.old.as_ref().filter(|_| stale_for.is_some()).map(|old| Rc::clone(&old.record));
        let stale_for = stale_for.unwrap_or(f64::INFINITY);
        let now = self.core.elapsed();
        let may_wait = !self.has_asked;
        self.has_asked = true;
        if may_wait && let Some(stale) = stale.clone().filter(|_| !self.options.is_fresh) {
            match self.ask_behind(stale_for) {
                Err(_) => return Some(Outcome::OutOfMemory),
                Ok(Refreshed::TooOld) => {}
                Ok(Refreshed::Serve) => return Some(self.serve(stale)),
                Ok(Refreshed::Leads(ticket)) => {
                    self.run_behind(ticket);
                    self.serving = Some(stale);
                    return None;
                }
            }
        }
        let call = flight::Call {
            lease: self.options.defaults.lease,
            stale_for,
            grace: self.options.defaults.grace,
            timeout: self.soft - now,
            hard_timeout: self.hard - now,
            grace_backoff: self.options.defaults.grace_backoff,
            negative_backoff: self.options.defaults.negative_backoff,
        };
        let is_fresh = self.options.is_fresh && may_wait;
        let asked = self.core.edit(|state| state.ask(&place, is_fresh, &call, stale.clone(), now));
        match asked {
            Err(_) => return Some(Outcome::OutOfMemory),
            Ok(Asked::IsReentrant) => return Some(Outcome::Reentrant),
            Ok(Asked::TakesStale) => return stale.map(|stale| self.serve(stale)),
            Ok(Asked::IsRefused(error)) => return Some(Outcome::Refused(error)),
            Ok(Asked::Joins(waiter, ticket)) => {
                self.waiter = Some(waiter);
                // In case this caller's loader has to take over.
                if let (None, Some(ticket)) = (&self.tags, ticket) {
                    self.tags.clone_from(&ticket.old_tags.borrow());
                }
            }
            Ok(Asked::Leads(waiter, ticket)) => {
                self.waiter = Some(waiter);
                self.run(ticket);
            }
        }
        None
    }

    /// Takes in what the key has.
    fn look_up(&mut self) {
        let (old, tags) = old::of(&self.core, &self.place);
        let before = std::mem::replace(&mut self.old, old.map(Rc::new));
        drop(before);
        self.tags = tags.or(self.tags.take());
    }

    fn ask_behind(&self, stale_for: f64) -> Result<Refreshed<K, V>, OutOfMemory> {
        let now = self.core.elapsed();
        let LoadDefaults { lease, swr, grace_backoff: backoff, .. } = self.options.defaults;
        self.core.edit(|state| state.refresh(&self.place, lease, stale_for, swr, backoff, now))
    }

    /// Has a load run that nobody waits for; here, if nothing else runs it.
    fn run_behind(&mut self, ticket: Rc<Ticket<K, V>>) {
        self.run(ticket);
        if let Some(work) = self.work.take() {
            self.work = self.core.settings.runtime.spawn(work).err();
        }
    }

    fn serve(&self, stale: Rc<Record<K, V>>) -> Outcome<K, V> {
        self.core.edit(|state| state.table.counts.stale += 1);
        Outcome::Stale(stale)
    }

    /// Has a load run, elsewhere if that is possible.
    fn run(&mut self, ticket: Rc<Ticket<K, V>>) {
        ticket.old_tags.borrow_mut().clone_from(&self.tags);
        let known = self.options.entry.tags.as_ref().or(self.tags.as_ref());
        *ticket.known_tags.borrow_mut() = known.cloned();
        self.ticket = Some(Rc::clone(&ticket));
        let job = Job {
            core: Rc::clone(&self.core),
            ticket,
            own: Rc::clone(&self.own),
            old: self.old.clone(),
            tags: self.tags.clone(),
            options: self.options.entry.clone(),
            retry: self.options.retry,
            backs_off: self.options.defaults.grace_backoff.max(self.options.defaults.negative_backoff) > 0.0,
        };
        let work: Work = Box::pin(work::run(job));
        match &self.options.wait_until {
            Some(wait_until) => wait_until(work),
            None => self.work = Some(work),
        }
    }

    /// Loads a new value for nobody, if nothing else does, and answers with that, or with the one that it has. It waits no
    /// longer than for any other load.
    fn poll_behind(&mut self, context: &mut Context<'_>) -> Poll<Outcome<K, V>> {
        let has_run = self.work.is_some();
        self.poll_work(context);
        if self.work.is_some() && self.poll_patience(context).is_pending() {
            return Poll::Pending;
        }
        let work = self.work.take();
        drop(work);
        let Some(serving) = self.serving.take() else { return Poll::Ready(Outcome::Abandoned) };
        let Place { hash, space, key, .. } = &*self.place;
        if has_run && let Some(fresh) = self.core.peek(*hash, space, key) {
            return Poll::Ready(Outcome::Value(fresh));
        }
        let is_stale = self.old.as_ref().is_none_or(|old| old.stale_for.is_some());
        Poll::Ready(if is_stale { self.serve(serving) } else { Outcome::Value(serving) })
    }

    /// Ready when its caller has waited for long enough while a value is there.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let (end, lease) = (self.soft.min(self.hard), self.options.defaults.lease);
        self.poll_timer(|_, now| (end - now).max(0.0).min(lease), context)
    }

    /// Ready when it is time to look, for which a timer is set once.
    fn poll_timer(&mut self, patience: impl FnOnce(&Core<K, V>, f64) -> f64, context: &mut Context<'_>) -> Poll<()> {
        let core = &self.core;
        let (due, timer) = self.timer.get_or_insert_with(|| {
            let now = core.elapsed();
            core.timer(now, patience(core, now))
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
                let replaced = self.work.take();
                self.run(ticket);
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
