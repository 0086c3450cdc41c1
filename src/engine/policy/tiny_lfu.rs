//! The default policy: W-TinyLFU with an adaptive window, where a hit only sets a reference bit.
//!
//! New entries pass through a window in order of recency. An entry that leaves the window is a candidate for the main
//! region, and is admitted when the [`Sketch`] saw it more often than the victim, the entry that would have to go. The
//! main region is a segmented LRU: probation for those that came in, protected for those that were hit there.
//!
//! The policy collects a reference bit when it comes across it: at the tail of a list, where it gives the entry a second
//! chance, and under a hand that looks at two slots for each insert. A bit feeds the sketch once, however many hits it
//! stands for, so that a burst doesn't pass for popularity. Measured against doing all this at each hit, it loses nothing
//! and wins some.
//!
//! Admission needs credit, too: each hit outside protected lets a few candidates in. A loop longer than the cache brings no
//! hits and so no credit. One of its keys is as good as another, and the cache keeps what it holds.
//!
//! The [`WindowAdapter`] compares hits per entry in the window with hits per entry in the main region, and moves the
//! border between them towards the denser side. It moves faster, the more of the misses are for keys that were asked
//! for before. [`Ghosts`] tell it of hits that a larger window would have. Every step is bounded: a call never pays for
//! what earlier calls left undone.

use super::super::slot::Slot;
use super::super::slots::{FREE, Segment, Slots};
use super::Policy;
use super::ghosts::Ghosts;
use super::sketch::Sketch;
use super::window::WindowAdapter;
use crate::arena::{Id, List, OutOfMemory};
use crate::engine::random::Random;

const WINDOW: Segment = 1;
const PROBATION: Segment = 2;
const PROTECTED: Segment = 3;

/// The window's share of the capacity at the start.
const WINDOW_AT_FIRST: f64 = 0.05;
/// Protected's share of what the window leaves.
const PROTECTED_SHARE: f64 = 0.9;
/// Slots that the hand looks at for each insert.
const LOOKS: u32 = 2;
/// Second chances in one call.
const CHANCES: u32 = 8;
/// Entries that move with the border in one call.
const MOVES: u32 = 16;
/// A miss is a regret if the key was counted at least this often lately.
const REGRET_FROM: u64 = 2;
/// Candidates that may be admitted for a hit outside protected.
const CREDIT: u32 = 4;
/// Without credit, a candidate is admitted by chance: once in so many times for each entry, but at least once in the second
/// number of times. So no state of the cache is final.
const STRAY_PER_ENTRY: u32 = 64;
const STRAY_ONE_IN: u32 = 4096;
/// From this frequency on, a candidate that loses is admitted by chance, once in so many times. Nobody can then keep a
/// key out for good by making the sketch overrate its victims.
const JITTER_FROM: u64 = 6;
const JITTER_ONE_IN: u32 = 128;

/// W-TinyLFU with an adaptive window.
#[derive(Debug)]
pub struct TinyLfu {
    capacity: u32,
    sketch: Sketch,
    window: List<Slot>,
    probation: List<Slot>,
    protected: List<Slot>,
    window_max: u32,
    protected_max: u32,
    /// Second chances given in this call.
    chances: u32,
    /// Candidates that may still be admitted, up to the capacity.
    credit: u32,
    /// The next slot that the hand looks at.
    hand: Slot,
    adapter: WindowAdapter,
    ghosts: Ghosts,
}

impl TinyLfu {
    /// A policy that has no capacity until it is given one by [`Policy::plan`].
    pub const fn new() -> Self {
        Self {
            capacity: 0,
            sketch: Sketch::new(),
            window: List::new(),
            probation: List::new(),
            protected: List::new(),
            window_max: 1,
            protected_max: 0,
            chances: 0,
            credit: 0,
            hand: Slot::FIRST,
            adapter: WindowAdapter::NEW,
            ghosts: Ghosts::new(),
        }
    }

    fn total(&self) -> u32 {
        self.window.len() + self.probation.len() + self.protected.len()
    }

    fn list(&mut self, segment: Segment) -> &mut List<Slot> {
        match segment {
            WINDOW => &mut self.window,
            PROBATION => &mut self.probation,
            _ => &mut self.protected,
        }
    }

    #[inline(never)]
    fn push(&mut self, slots: &Slots, slot: Slot, segment: Segment) {
        slots.set_segment(slot, segment);
        self.list(segment).push_head(&slots.links, slot);
    }

    fn shift(&mut self, slots: &Slots, slot: Slot, to: Segment) {
        self.remove(slots, slot);
        self.push(slots, slot, to);
    }

    /// Collects the reference bit of a slot, if it is set: of most slots it isn't.
    #[inline(always)]
    fn collect_reference(&mut self, slots: &Slots, slot: Slot) {
        if slots.is_referenced(slot) {
            self.take_reference(slots, slot);
        }
    }

    /// A hit in its part, and one count of its key.
    #[inline(never)]
    fn take_reference(&mut self, slots: &Slots, slot: Slot) {
        slots.clear_reference(slot);
        self.sketch.note(slots, slot);
        let segment = slots.segment(slot);
        if segment == WINDOW {
            self.adapter.window_hits += 1;
        } else {
            self.adapter.main_hits += 1;
        }
        if segment != PROTECTED {
            self.credit = (self.credit + CREDIT).min(self.capacity);
        }
    }

    /// Whether `slot` gets a second chance: its reference bit is set, and this call has a chance left, which is used now.
    #[inline(never)]
    fn second_chance(&mut self, slots: &Slots, slot: Slot) -> bool {
        let is_given = self.chances < CHANCES && slots.is_referenced(slot);
        self.chances += u32::from(is_given);
        is_given
    }

    /// Moves the least recent protected entries to probation, until protected fits.
    fn demote(&mut self, slots: &Slots) {
        while self.protected.len() > self.protected_max
            && let Some(tail) = self.protected.tail()
        {
            let to = if self.second_chance(slots, tail) { PROTECTED } else { PROBATION };
            self.collect_reference(slots, tail);
            self.shift(slots, tail, to);
        }
    }

    /// The hand: collects the bits of a few slots wherever they are, so that a hit counts even far from a tail.
    #[inline(always)]
    fn collect_references(&mut self, slots: &Slots) {
        for _ in 0..LOOKS {
            let slot = self.hand;
            self.hand = slot.next_in_circle(slots.used());
            if slots.is_live(slot) && slots.is_referenced(slot) && !slots.is_pinned(slot) {
                self.touch(slots, slot);
            }
        }
    }

    /// The admission of a candidate to probation: it competes with the victim for its place. Returns the loser.
    #[inline(always)]
    fn admission(&mut self, slots: &Slots, candidate: Slot, random: &mut Random) -> Slot {
        // Looks at the bit before a call: of most slots it isn't set.
        while let Some(tail) = self.probation.tail()
            && slots.is_referenced(tail)
            && self.second_chance(slots, tail)
        {
            self.touch(slots, tail);
        }
        // Where nobody is in probation, the victim is the least recent protected entry that wasn't hit.
        while self.probation.is_empty()
            && let Some(tail) = self.protected.tail()
            && self.second_chance(slots, tail)
        {
            self.touch(slots, tail);
        }
        let Some(victim) = self.probation.tail().or(self.protected.tail()) else { return candidate };
        self.collect_reference(slots, victim);
        if self.admits(slots, candidate, victim, random) { victim } else { candidate }
    }

    /// Whether `candidate` takes the place of `victim`: if there is credit for it, and it was asked for more often. A tie goes
    /// to the victim.
    #[inline(always)]
    fn admits(&mut self, slots: &Slots, candidate: Slot, victim: Slot, random: &mut Random) -> bool {
        if self.credit == 0 {
            return random.one_in(self.capacity.saturating_mul(STRAY_PER_ENTRY).clamp(1, STRAY_ONE_IN));
        }
        let frequency = self.sketch.recall(slots, candidate);
        let admitted =
            frequency > self.sketch.recall(slots, victim) || (frequency >= JITTER_FROM && random.one_in(JITTER_ONE_IN));
        self.credit -= u32::from(admitted);
        admitted
    }

    #[inline(always)]
    fn give_up(&mut self, slots: &Slots, slot: Slot) -> Slot {
        self.collect_reference(slots, slot);
        self.list(slots.segment(slot)).unlink(&slots.links, slot);
        slot
    }

    /// Moves the border of the window towards where it should be, and a few entries with it.
    #[inline(never)]
    fn adapt_window(&mut self, slots: &Slots) {
        for _ in 0..MOVES {
            let pending = self.adapter.pending;
            let (slot, to) = if pending > 0 && self.protected_max > 0 {
                (self.probation.tail().or(self.protected.tail()), WINDOW)
            } else if pending < 0 && self.window_max > 1 {
                (self.window.tail(), PROBATION)
            } else {
                break;
            };
            let Some(slot) = slot else { break };
            self.collect_reference(slots, slot);
            self.shift(slots, slot, to);
            let by = pending.signum();
            self.window_max = self.window_max.saturating_add_signed(by);
            self.protected_max = self.protected_max.saturating_add_signed(-by);
            self.adapter.pending -= by;
            self.demote(slots);
        }
    }
}

impl Default for TinyLfu {
    fn default() -> Self {
        Self::new()
    }
}

impl Policy for TinyLfu {
    fn plan(&mut self, capacity: u32, _room: u32, hashed: u32) -> Result<(), OutOfMemory> {
        if capacity != self.capacity {
            let share = match self.capacity {
                0 => WINDOW_AT_FIRST,
                before => f64::from(self.window_max) / f64::from(before),
            };
            self.capacity = capacity;
            self.window_max = ((share * f64::from(capacity)).ceil() as u32).clamp(1, capacity.max(1));
            self.protected_max = (PROTECTED_SHARE * f64::from(capacity.saturating_sub(self.window_max))) as u32;
            self.adapter = WindowAdapter::NEW;
        }
        self.ghosts.plan(capacity)?;
        self.sketch.grow(hashed.min(capacity))
    }

    fn admit(&mut self, slots: &Slots, random: &mut Random, slot: Slot) -> Option<Slot> {
        self.adapter.decide(self.window_max, self.capacity);
        self.chances = 0;
        if self.adapter.pending != 0 {
            self.adapt_window(slots);
        }
        self.adapter.misses += 1;
        self.chances = 0;
        self.collect_references(slots);
        self.chances = 0;
        let hash = slots.hash(slot);
        if self.sketch.note(slots, slot) >= REGRET_FROM {
            self.adapter.regrets += 1;
        }
        self.adapter.returns += self.ghosts.meet(hash, self.capacity);
        slots.set_segment(slot, WINDOW);
        self.window.push_head(&slots.links, slot);
        while self.window.len() > self.window_max
            && let Some(candidate) = self.window.tail()
        {
            // In a small window every other entry may have had its second chance; the new one has not had its first.
            let stays = candidate == slot || (slots.is_referenced(candidate) && self.second_chance(slots, candidate));
            self.collect_reference(slots, candidate);
            if stays || slots.live() <= self.capacity {
                self.shift(slots, candidate, if stays { WINDOW } else { PROBATION });
                continue;
            }
            let loser = self.admission(slots, candidate, random);
            if loser != candidate {
                self.shift(slots, candidate, PROBATION);
            }
            return Some(self.give_up(slots, loser));
        }
        if slots.live() > self.capacity { self.victim(slots, Some(slot)) } else { None }
    }

    fn victim(&mut self, slots: &Slots, keep: Option<Slot>) -> Option<Slot> {
        let kept = keep.is_some_and(|slot| slots.is_live(slot));
        while self.total() > u32::from(kept) {
            let slot = self.probation.tail().or(self.protected.tail()).or(self.window.tail())?;
            if keep == Some(slot) {
                self.shift(slots, slot, WINDOW);
            } else if slots.segment(slot) != WINDOW && self.second_chance(slots, slot) {
                self.touch(slots, slot);
            } else {
                return Some(self.give_up(slots, slot));
            }
        }
        None
    }

    fn touch(&mut self, slots: &Slots, slot: Slot) {
        self.collect_reference(slots, slot);
        match slots.segment(slot) {
            WINDOW => self.shift(slots, slot, WINDOW),
            PROBATION => {
                self.shift(slots, slot, PROTECTED);
                self.demote(slots);
            }
            _ => self.shift(slots, slot, PROTECTED),
        }
    }

    fn count(&mut self, slots: &Slots, slot: Slot) {
        self.sketch.note(slots, slot);
    }

    fn remove(&mut self, slots: &Slots, slot: Slot) {
        self.list(slots.segment(slot)).unlink(&slots.links, slot);
    }

    fn next_ranked(&self, slots: &Slots, slot: Option<Slot>) -> Option<Slot> {
        let next = slot.map_or(self.protected.head(), |slot| slots.links.next(slot));
        // Behind protected comes the window, and then probation.
        next.or(match slot.map_or(FREE, |slot| slots.segment(slot)) {
            PROBATION => None,
            WINDOW => self.probation.head(),
            _ => self.window.head().or(self.probation.head()),
        })
    }

    fn restore(&mut self, slots: &Slots, slot: Slot, _uses: f64) {
        // Not in the window: those that would leave it next are worth most here.
        self.push(slots, slot, PROTECTED);
        self.demote(slots);
    }

    #[cfg(test)]
    fn validate(&self, slots: &Slots) {
        for (list, segment) in [(self.window, WINDOW), (self.probation, PROBATION), (self.protected, PROTECTED)] {
            let members: Vec<_> = list.iter(&slots.links).collect();
            assert_eq!(members.len(), list.len() as usize);
            assert!(members.iter().all(|&slot| slots.segment(slot) == segment));
        }
        assert_eq!(self.total(), slots.evictable());
        assert!(self.window_max >= 1 && self.window_max <= self.capacity.max(1));
        assert!(self.window_max + self.protected_max <= self.capacity.max(1));
    }
}
