//! A load at work: waits for its turn, calls the loader, and stores what it brings.

use super::call::{Failure, Loader, Loading, Own};
use super::context::{LoadContext, Said};
use super::old::{Old, Tags};
use super::retry::Retry;
use crate::arena::Id;
use crate::cache::bell::Listener;
use crate::cache::core::Core;
use crate::cache::options::EntryOptions;
use crate::cache::table::Record;
use crate::cache::ticket::{Outcome, Ticket};
use crate::flight::{Flight, pause_before};
use crate::latch::Role;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

/// What a load needs.
pub(super) struct Job<K, V> {
    pub core: Rc<Core<K, V>>,
    pub ticket: Rc<Ticket<K, V>>,
    pub own: Rc<Own<K, V>>,
    pub old: Option<Rc<Old<K, V>>>,
    /// Those of the key's entry when the load began.
    pub tags: Option<Tags>,
    pub options: EntryOptions,
    pub retry: Retry,
    /// Whether a failure is noted.
    pub backs_off: bool,
}

/// If a load ends early, because it was dropped or its loader panicked, those who wait ask again: the first of them loads.
impl<K, V> Drop for Job<K, V> {
    fn drop(&mut self) {
        if !self.ticket.is_released.get() {
            self.own.has_died.set(true);
            self.finish(&Outcome::Again);
        }
    }
}

/// Loads a value, stores it, and hands it to all who wait.
pub(super) async fn run<K: Clone + Eq + 'static, V: 'static>(job: Job<K, V>) {
    let has_waited = job.wait_for_turn().await;
    if job.ticket.is_released.get() {
        return;
    }
    let place = &job.ticket.place;
    // Somebody has locked the key. If the lock has ended without a result, there may be a value by now.
    if has_waited && let Some(known) = job.core.peek(place.hash, &place.space, &place.key) {
        return job.finish(&Outcome::Value(known));
    }
    let Some(loader) = job.own.loader.take() else { return };
    job.core.edit(|state| state.table.counts.loads += 1);
    let context = LoadContext::new(Rc::clone(place), job.old.clone(), Rc::clone(&job.ticket.known_tags));
    let said = Rc::clone(&context.said);
    let Some(result) = job.attempt(loader, &context).await else { return };
    match result {
        Err(Failure { error, .. }) => {
            if job.backs_off {
                let now = job.core.elapsed();
                job.core.edit(|state| state.note_failure(&job.ticket, &error, now));
            }
            job.finish(&Outcome::Failed(error));
        }
        Ok(value) => job.keep(value, &said),
    }
}

impl<K: Clone + Eq + 'static, V: 'static> Job<K, V> {
    /// Waits while another holds the key. True if it had to.
    async fn wait_for_turn(&self) -> bool {
        let mut listener = Listener::default();
        let mut has_waited = false;
        poll_fn(|context| {
            loop {
                if self.core.read(|state| state.role(&self.ticket)) != Role::Waiting {
                    return Poll::Ready(());
                }
                has_waited = true;
                if listener.listen(&self.ticket.bells, &*self.core.settings.runtime) {
                    continue;
                }
                if listener.poll(context).is_pending() {
                    return Poll::Pending;
                }
            }
        })
        .await;
        has_waited
    }

    /// What the loader brings in the end; nothing if the load was ended before.
    async fn attempt(&self, mut loader: Loader<K, V>, context: &LoadContext<K, V>) -> Option<Result<V, Failure>> {
        for tries in 0.. {
            let result = self.call(loader(context.clone())?).await?;
            let may_retry = matches!(&result, Err(failure) if failure.is_temporary) && tries < self.retry.times;
            if !may_retry || !self.pause(tries).await {
                return Some(result);
            }
        }
        None
    }

    /// Waits before another try. False if there is to be none, since nobody waits for this load
    /// any more, or another one has its turn.
    async fn pause(&self, tries: u32) -> bool {
        let is_wanted = || {
            let flight = Flight::from_raw(self.ticket.number.raw());
            let is_alive = !self.ticket.is_released.get() && !self.ticket.is_lost.get();
            is_alive && self.core.read(|state| !state.flights.is_over(flight))
        };
        if !is_wanted() {
            return false;
        }
        let chance = self.core.edit(|state| state.random.share());
        let wait = pause_before(tries, self.retry.delay, self.retry.longest, chance);
        let (_, mut timer) = self.core.timer(0.0, wait);
        let mut listener = Listener::default();
        poll_fn(|context| {
            loop {
                if timer.as_mut().poll(context).is_ready() || !is_wanted() {
                    return Poll::Ready(());
                }
                if !listener.listen(&self.ticket.bells, &*self.core.settings.runtime)
                    && listener.poll(context).is_pending()
                {
                    return Poll::Pending;
                }
            }
        })
        .await;
        is_wanted()
    }

    /// What one call of the loader brings; nothing if the load was ended before.
    async fn call(&self, mut loading: Loading<V>) -> Option<Result<V, Failure>> {
        let mut listener = Listener::default();
        poll_fn(move |context| {
            if let Poll::Ready(result) = self.poll_loader(&mut loading, context) {
                return Poll::Ready(Some(result));
            }
            loop {
                if self.ticket.is_released.get() {
                    return Poll::Ready(None);
                }
                if listener.listen(&self.ticket.bells, &*self.core.settings.runtime) {
                    continue;
                }
                if listener.poll(context).is_pending() {
                    return Poll::Pending;
                }
            }
        })
        .await
    }

    /// Polls the loader, with a note that it runs: what it waits for must not wait for it.
    fn poll_loader(&self, loading: &mut Loading<V>, context: &mut Context<'_>) -> Poll<Result<V, Failure>> {
        struct Running<'a, K, V>(&'a Core<K, V>);
        impl<K, V> Drop for Running<'_, K, V> {
            fn drop(&mut self) {
                self.0.edit(|state| state.running.pop());
            }
        }
        if !self.ticket.is_released.get() {
            self.core.edit(|state| state.running.push(self.ticket.number));
            let _running = Running(&self.core);
            return loading.as_mut().poll(context);
        }
        Poll::Pending
    }

    /// Stores a value, if it is to be stored, and hands it to all who wait.
    fn keep(&self, value: V, said: &Said) {
        let (core, ticket) = (&self.core, &self.ticket);
        let place = &ticket.place;
        let present = core.slot(place.hash, &place.space, &place.key);
        let is_stored = !said.skips.get();
        let kept = self.old.as_deref().filter(|_| said.is_unmodified.get());
        let said = said.options.take();
        let mut options = self.options.clone();
        let is_lapsed = said.ttl.is_some_and(|ttl| ttl.is_zero());
        options.ttl = said.ttl.or(options.ttl);
        options.weight = said.weight.or(kept.and_then(|old| old.weight)).or(options.weight);
        options.tags =
            said.tags.or(self.tags.clone().filter(|_| kept.is_some() || options.tags.is_none())).or(options.tags);
        let etag = said.etag.or_else(|| kept.and_then(|old| old.record.etag.clone())).or(options.etag.take());
        let mut fate = core.fate(&place.key, &value, options);
        if is_lapsed {
            fate.ttl = 0.0;
        }
        let etag = etag.filter(|etag| !etag.is_empty());
        let record = Record { hash: place.hash, space: place.space.clone(), key: place.key.clone(), value, etag };
        let record = Rc::new(record);
        let time = core.now_for(&fate);
        let now = core.elapsed();
        let outcome = Outcome::Value(Rc::clone(&record));
        // The caller's code may have changed the table since: so look again, and then do all at once.
        let (slot, _) = if core.read(|state| state.table.version()) == present.1 {
            present
        } else {
            core.slot(place.hash, &place.space, &place.key)
        };
        core.edit(|state| {
            if state.settle(ticket, &record, &fate.tags, now) == Ok(true) && is_stored {
                // Whoever waits gets the value, stored or not.
                let _ = state.table.put(Rc::clone(&record), slot, &fate, time);
            }
            state.finish(ticket, &outcome, now);
        });
    }
}

impl<K, V> Job<K, V> {
    fn finish(&self, outcome: &Outcome<K, V>) {
        let now = self.core.elapsed();
        self.core.edit(|state| state.finish(&self.ticket, outcome, now));
    }
}
