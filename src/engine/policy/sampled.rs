//! The default policy where sizes bound the cache: it evicts the entry that is worth least for its size.
//!
//! New entries pass through a window in order of recency. An entry that leaves the window is a candidate for the main
//! region, and competes with a victim, the least of a few members: a hand goes round the main region and looks at the
//! next [`SAMPLE`] of them, and at the one that was second least last time. An entry's worth is how often it was asked
//! for, divided by its size and by the time since it was last seen. Large entries have to be asked for more often than
//! small ones, so the cache holds more of what is wanted; it saves requests rather than bytes.
//!
//! As in the other default policy, a hit only sets a reference bit, which is collected here.

use super::super::slot::Slot;
use super::super::slots::{Segment, Slots};
use super::Policy;
use super::sketch::Sketch;
use crate::arena::{Column, List, OutOfMemory};
use crate::engine::random::Random;
use std::mem;

const WINDOW: Segment = 1;
const MAIN: Segment = 2;

/// The window's share of what all entries weigh.
const WINDOW_SHARE: f64 = 0.05;
/// Members of the main region that compete with a candidate. More of them keep a little more, and take longer.
const SAMPLE: u32 = 32;
/// Entries that go over to the main region in one call, while it is being filled.
const MOVES: u32 = 16;
/// After so many requests for each entry of the cache, an entry is worth half of what it was.
const HALF_LIFE: f64 = 64.0;
/// What each entry is taken to weigh on top of its size, as a share of the mean: an entry of next to no size is not worth
/// keeping for good.
const OVERHEAD: f64 = 0.2;
/// The highest count.
const MOST: u8 = 63;
/// The bits of a count: an age stands above it, where both are one number.
const COUNT_BITS: u32 = 6;

/// What an entry's size and age are measured by, which hangs on all entries.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// What each entry is taken to weigh on top of its size.
    overhead: f64,
    /// After so many requests, an entry is worth half.
    half_life: f64,
}

/// Sampled frequency by size by age, with a window and a sketch.
#[derive(Debug)]
pub struct Sampled {
    /// Whether to save bytes, not requests: then an entry's size hardly changes its worth.
    by_bytes: bool,
    capacity: u32,
    sketch: Sketch,
    window: List<Slot>,
    main: List<Slot>,
    window_weight: f64,
    /// The next member of the main region to look at.
    hand: Option<Slot>,
    /// The runner-up of the last search: the member that was worth second least.
    second: Option<Slot>,
    /// How many requests the policy has heard of.
    clock: u32,
    /// When each entry was last seen.
    seen: Column<Slot, u32>,
    /// How often each entry was seen; from the window on, with what the sketch knows of its key.
    counts: Column<Slot, u8>,
}

impl Sampled {
    /// A policy that has no capacity until it is given one by [`Policy::plan`]. It saves requests; or, `by_bytes`, what
    /// the entries weigh.
    pub const fn new(by_bytes: bool) -> Self {
        Self {
            by_bytes,
            capacity: 0,
            sketch: Sketch::new(),
            window: List::new(),
            main: List::new(),
            window_weight: 0.0,
            hand: None,
            second: None,
            clock: 0,
            seen: Column::new(),
            counts: Column::new(),
        }
    }

    /// Collects the reference bit of a slot, if it is set.
    #[inline(always)]
    fn collect_reference(&mut self, slots: &Slots, slot: Slot) {
        if slots.is_referenced(slot) {
            self.take_reference(slots, slot);
        }
    }

    /// A use, now.
    #[inline(never)]
    fn take_reference(&mut self, slots: &Slots, slot: Slot) {
        slots.clear_reference(slot);
        self.clock = self.clock.wrapping_add(1);
        self.sketch.note(slots, slot);
        self.seen.set(slot, self.clock);
        self.counts.set(slot, self.counts.get(slot).saturating_add(1).min(MOST));
    }

    /// What worth is measured by at the moment.
    fn scale(slots: &Slots) -> Scale {
        let live = f64::from(slots.live());
        Scale { overhead: OVERHEAD * slots.weights.total() / live, half_life: HALF_LIFE * live }
    }

    /// What an entry is worth for the room that it takes. Where bytes are what is saved, a hit is worth the entry's size
    /// too, which would cancel it out; a little of it is left, since small entries are the safer guess.
    fn worth(&self, slots: &Slots, scale: Scale, slot: Slot) -> f64 {
        let age = f64::from(self.clock.wrapping_sub(self.seen.get(slot)));
        let size = slots.weights.get(slot).max(1.0) + scale.overhead;
        let size = if self.by_bytes { size.sqrt().sqrt() } else { size };
        (f64::from(self.counts.get(slot)) + 0.5) / (size * (1.0 + age / scale.half_life))
    }

    /// The member of the next few that is worth least, but not `keep`.
    fn least(&mut self, slots: &Slots, keep: Option<Slot>) -> Option<Slot> {
        let scale = Self::scale(slots);
        let (mut least, mut worth, mut second_worth) = (None, f64::INFINITY, f64::INFINITY);
        let mut looks = SAMPLE.min(self.main.len());
        let mut next = self.second.take();
        loop {
            if let Some(slot) = next {
                self.collect_reference(slots, slot);
                let here = self.worth(slots, scale, slot);
                if here < second_worth && next != keep && next != least {
                    (self.second, second_worth) = (next, here);
                    if here < worth {
                        mem::swap(&mut self.second, &mut least);
                        mem::swap(&mut second_worth, &mut worth);
                    }
                }
            }
            if looks == 0 {
                return least;
            }
            looks -= 1;
            next = self.hand.or(self.main.tail());
            self.hand = next.and_then(|slot| slots.links.prev(slot));
        }
    }

    /// Whether the window has more than its share: of the sizes, or of the entries where there are none.
    fn overflows(&self, slots: &Slots) -> bool {
        let total = slots.weights.total() - slots.pins.weight();
        if total > 0.0 {
            self.window_weight > WINDOW_SHARE * total
        } else {
            f64::from(self.window.len()) > WINDOW_SHARE * f64::from(slots.evictable())
        }
    }

    fn enter_window(&mut self, slots: &Slots, slot: Slot) {
        self.window_weight += slots.weights.get(slot);
        slots.set_segment(slot, WINDOW);
        self.window.push_head(&slots.links, slot);
    }

    fn enter_main(&mut self, slots: &Slots, slot: Slot) {
        slots.set_segment(slot, MAIN);
        self.main.push_head(&slots.links, slot);
    }
}

impl Policy for Sampled {
    fn plan(&mut self, capacity: u32, room: u32, hashed: u32) -> Result<(), OutOfMemory> {
        self.capacity = capacity;
        self.seen.grow(room)?;
        self.counts.grow(room)?;
        self.sketch.grow(hashed.min(capacity))
    }

    fn admit(&mut self, slots: &Slots, _random: &mut Random, slot: Slot) -> Option<Slot> {
        self.clock = self.clock.wrapping_add(1);
        self.seen.set(slot, self.clock);
        let before = self.sketch.note(slots, slot);
        self.counts.set(slot, before as u8 + 1);
        self.enter_window(slots, slot);
        if slots.live() > self.capacity { self.victim(slots, Some(slot)) } else { None }
    }

    fn victim(&mut self, slots: &Slots, keep: Option<Slot>) -> Option<Slot> {
        for _ in 0..MOVES {
            let tail = self.window.tail().filter(|_| self.overflows(slots));
            let Some(candidate) = tail.filter(|_| tail != keep) else { break };
            self.remove(slots, candidate);
            self.collect_reference(slots, candidate);
            self.counts.set(candidate, self.sketch.recall(slots, candidate) as u8);
            // Without this one too, the window has more than its share: the main region is still being filled.
            if self.overflows(slots) {
                self.enter_main(slots, candidate);
                continue;
            }
            let victim = self.least(slots, keep);
            let scale = Self::scale(slots);
            let is_worth_less = |victim: &Slot| self.worth(slots, scale, candidate) > self.worth(slots, scale, *victim);
            let Some(victim) = victim.filter(is_worth_less) else {
                return Some(candidate);
            };
            self.enter_main(slots, candidate);
            self.remove(slots, victim);
            return Some(victim);
        }
        let victim = self.least(slots, keep).or(self.window.tail());
        let victim = if victim == keep { slots.links.prev(victim?) } else { victim }?;
        self.remove(slots, victim);
        Some(victim)
    }

    fn touch(&mut self, slots: &Slots, slot: Slot) {
        self.collect_reference(slots, slot);
        if slots.segment(slot) == WINDOW {
            self.remove(slots, slot);
            self.enter_window(slots, slot);
        }
    }

    fn count(&mut self, slots: &Slots, slot: Slot) {
        self.sketch.note(slots, slot);
    }

    fn reweigh(&mut self, slots: &Slots, slot: Slot, by: f64) {
        if slots.segment(slot) == WINDOW {
            self.window_weight += by;
        }
    }

    fn remove(&mut self, slots: &Slots, slot: Slot) {
        if self.hand == Some(slot) {
            self.hand = slots.links.prev(slot);
        }
        self.second = self.second.filter(|&second| second != slot);
        let is_new = slots.segment(slot) == WINDOW;
        if is_new {
            self.window_weight -= slots.weights.get(slot);
        }
        let list = if is_new { &mut self.window } else { &mut self.main };
        list.unlink(&slots.links, slot);
    }

    fn next_ranked(&self, slots: &Slots, slot: Option<Slot>) -> Option<Slot> {
        let Some(slot) = slot else { return self.main.head().or(self.window.head()) };
        let behind = if slots.segment(slot) == MAIN { self.window.head() } else { None };
        slots.links.next(slot).or(behind)
    }

    fn uses(&mut self, slots: &Slots, slot: Slot) -> f64 {
        self.collect_reference(slots, slot);
        let age = self.clock.wrapping_sub(self.seen.get(slot));
        f64::from(age) * f64::from(1_u32 << COUNT_BITS) + f64::from(self.counts.get(slot))
    }

    fn worth(&self, slots: &Slots, slot: Slot) -> f64 {
        self.worth(slots, Self::scale(slots), slot)
    }

    fn restore(&mut self, slots: &Slots, slot: Slot, uses: f64) {
        self.enter_main(slots, slot);
        if uses >= 0.0 {
            let uses = uses as u64;
            self.counts.set(slot, uses as u8 & MOST);
            self.seen.set(slot, self.clock.wrapping_sub((uses >> COUNT_BITS) as u32));
        }
    }

    #[cfg(test)]
    fn validate(&self, slots: &Slots) {
        let mut weight = 0.0;
        for (list, segment) in [(self.window, WINDOW), (self.main, MAIN)] {
            let members: Vec<_> = list.iter(&slots.links).collect();
            assert_eq!(members.len(), list.len() as usize);
            assert!(members.iter().all(|&slot| slots.segment(slot) == segment));
            weight += members.iter().filter(|_| segment == WINDOW).map(|&slot| slots.weights.get(slot)).sum::<f64>();
        }
        assert_eq!(self.window.len() + self.main.len(), slots.evictable());
        assert_eq!(weight, self.window_weight);
        assert!([self.hand, self.second].into_iter().flatten().all(|slot| slots.segment(slot) == MAIN));
    }
}
