//! Looks into a store that takes its time, before a lock computes a value.

use super::{LockError, Turn};
use crate::cache::bell::Listener;
use crate::latch::Look;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

impl<K: Clone, V> Turn<K, V> {
    /// Looks for a value, and takes it as the result. False if the turn was lost meanwhile. If it takes until `end`, the
    /// lock is given back.
    ///
    /// While the lock looks, it has computed nothing, so a change fences nothing. But a value that it finds may be from
    /// before the change: then it looks once more, and from then on every change fences.
    pub(crate) async fn look<L, E>(&self, end: f64, mut find: impl FnMut() -> L) -> Result<bool, E>
    where
        L: Future<Output = Result<Option<V>, E>>,
        E: From<LockError>,
    {
        /// The look is over, also if its future is dropped.
        struct Looking<'a, K, V>(&'a Turn<K, V>);
        impl<K, V> Drop for Looking<'_, K, V> {
            fn drop(&mut self) {
                self.0.note_look(Look::Over);
            }
        }
        let looking = Looking(self);
        for look in [Look::On, Look::Last] {
            self.note_look(look);
            let found = self.race(end, find()).await?;
            if !self.is_held() {
                return Ok(false);
            }
            let is_changed = self.note_look(Look::Over);
            if let Some(value) = found {
                if is_changed && look == Look::On {
                    continue;
                }
                // If the turn was lost meanwhile, there is no result.
                let _ = self.hand_out(value);
            }
            break;
        }
        drop(looking);
        Ok(true)
    }

    /// What is found; nothing if the turn is lost before.
    async fn race<L, E>(&self, end: f64, find: L) -> Result<Option<V>, E>
    where
        L: Future<Output = Result<Option<V>, E>>,
        E: From<LockError>,
    {
        let core = &self.core;
        let (mut find, mut listener, mut timer) = (pin!(find), Listener::default(), None);
        poll_fn(|context| {
            if let Poll::Ready(found) = find.as_mut().poll(context) {
                return Poll::Ready(found);
            }
            loop {
                if !self.is_held() {
                    return Poll::Ready(Ok(None));
                }
                if listener.listen(&self.ticket.bells, &*core.settings.runtime) || listener.poll(context).is_ready() {
                    continue;
                }
                if end == f64::INFINITY {
                    return Poll::Pending;
                }
                let (due, sleep) = timer.get_or_insert_with(|| {
                    let now = core.elapsed();
                    core.timer(now, (end - now).max(0.0))
                });
                if sleep.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                core.reach(*due);
                timer = None;
                if core.elapsed() >= end {
                    self.release();
                    return Poll::Ready(Err(LockError::TimedOut.into()));
                }
            }
        })
        .await
    }
}

impl<K, V> Turn<K, V> {
    /// True if the key was changed during the look that was on.
    fn note_look(&self, next: Look) -> bool {
        !self.is_released() && self.core.edit(|state| state.flights.latch.look(self.ticket.number, next))
    }
}
