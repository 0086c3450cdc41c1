//! When entries expire, and how they are found once they have.

use super::slot::Slot;
use crate::arena::{Blank, Column, Id, OutOfMemory};

/// The moment of an entry that never expires.
pub const NEVER: f64 = f64::INFINITY;

/// A moment or a time to live; never, where there is none.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[repr(transparent)]
struct Moment(f64);

impl Blank for Moment {
    const BLANK: Self = Self(NEVER);
}

/// Moments of expiry, in milliseconds of the engine's time.
///
/// There is no timer. A reader finds an expired entry when it asks for that entry. Besides, each write looks at a few
/// slots ([`Expiry::sweep`]), which frees most of the room that expired entries would take.
///
/// The columns are made for the first entry that can expire, so a cache without time to live doesn't pay for them.
#[derive(Debug)]
pub struct Expiry {
    /// When each entry expires. Part of the shared page: a reader compares, and moves it when reads extend lives.
    expires: Column<Slot, Moment>,
    /// The time to live of each entry.
    ttl: Column<Slot, Moment>,
    /// Entries that can expire.
    expiring: u32,
    /// The next slot to sweep.
    hand: Slot,
}

impl Expiry {
    /// No moments yet.
    pub const fn new() -> Self {
        Self { expires: Column::new(), ttl: Column::new(), expiring: 0, hand: Slot::FIRST }
    }

    /// Whether any entry can expire. If not, nobody has to read a clock.
    #[inline]
    pub const fn is_active(&self) -> bool {
        self.expiring > 0
    }

    /// Whether moments are kept.
    #[inline]
    pub fn is_kept(&self) -> bool {
        !self.expires.is_empty()
    }

    /// Makes room for `capacity` slots, if moments are kept at all or `wanted` now.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn grow(&mut self, capacity: u32, wanted: bool) -> Result<(), OutOfMemory> {
        if wanted || self.is_kept() {
            self.ttl.grow(capacity)?;
            self.expires.grow(capacity)?;
        }
        Ok(())
    }

    /// Gives the entry of `slot` a time to live from `start` on; [`NEVER`] for no end.
    pub fn schedule(&mut self, slot: Slot, ttl: f64, start: f64) {
        self.cancel(slot);
        if ttl < NEVER {
            self.ttl.set(slot, Moment(ttl));
            self.expires.set(slot, Moment(start + ttl));
            self.expiring += 1;
        }
    }

    /// Has the entry of `slot` expire now. Its time to live ends now, too, so that its beginning stays where it was.
    pub fn end(&mut self, slot: Slot, now: f64) {
        let ttl = self.ttl(slot);
        let age = if ttl < NEVER { (ttl - (self.expires(slot) - now)).max(0.0) } else { 0.0 };
        self.schedule(slot, age, now);
        self.expires.set(slot, Moment(now));
    }

    /// Forgets the moment of `slot`.
    pub fn cancel(&mut self, slot: Slot) {
        if self.ttl.take(slot).0 < NEVER {
            self.expires.take(slot);
            self.expiring -= 1;
        }
    }

    /// When the entry of `slot` expires, or [`NEVER`].
    #[inline]
    pub fn expires(&self, slot: Slot) -> f64 {
        self.expires.get(slot).0
    }

    /// The time to live of the entry of `slot`, or [`NEVER`].
    #[inline]
    pub fn ttl(&self, slot: Slot) -> f64 {
        self.ttl.get(slot).0
    }

    /// Whether the entry of `slot` has expired: from the very moment on.
    pub fn is_expired(&self, slot: Slot, now: f64) -> bool {
        now >= self.expires.get(slot).0
    }

    /// Looks at the next of the slots that were ever used, and names it if its entry has expired. A slot without an entry
    /// has no moment.
    #[inline]
    pub fn sweep(&mut self, used: u32, now: f64) -> Option<Slot> {
        let slot = self.hand;
        self.hand = slot.next_in_circle(used);
        self.is_expired(slot, now).then_some(slot)
    }

    /// Where the moments lie in memory, one 64-bit float a slot, once there is one.
    pub fn expires_ptr(&self) -> Option<*const f64> {
        (!self.expires.is_empty()).then(|| self.expires.as_ptr().cast())
    }

    /// Where the times to live lie in memory, one 64-bit float a slot, once there is one.
    pub fn ttl_ptr(&self) -> Option<*const f64> {
        (!self.ttl.is_empty()).then(|| self.ttl.as_ptr().cast())
    }
}

impl Default for Expiry {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
impl Expiry {
    /// Checks that the count is right, and that slots without an entry have no moment.
    pub fn validate(&self, slots: &super::slots::Slots) {
        let expiring = slots.iter_live().filter(|&slot| self.ttl(slot) < NEVER).count();
        assert_eq!(expiring, self.expiring as usize);
        let dead = Slot::first(slots.capacity()).filter(|&slot| !slots.is_live(slot));
        dead.for_each(|slot| assert!(self.expires(slot) == NEVER && self.ttl(slot) == NEVER));
    }
}
