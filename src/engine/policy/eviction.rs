//! The seam where a replacement policy meets the engine.

use super::super::random::Random;
use super::super::slot::Slot;
use super::super::slots::Slots;
use crate::arena::OutOfMemory;

/// Decides which entries stay.
///
/// A hit never calls a policy: the reader sets the slot's reference bit ([`Slots::set_reference`]), and the policy
/// collects these bits when it has to choose. The policy owns the segments and the lists of live slots; pinned ones
/// ([`Slots::pins`]) count as entries, but are on none of its lists. A slot that it evicts must be off its lists before the
/// engine retires the slot.
pub trait Policy {
    /// Plans for `capacity` entries, of which the table has room for `room` so far, and for as many hashes of keys as
    /// `hashed`. Called whenever one of them changes.
    ///
    /// # Errors
    /// When there is no memory; the policy then goes on with what it has.
    fn plan(&mut self, capacity: u32, room: u32, hashed: u32) -> Result<(), OutOfMemory>;

    /// Takes in the entry that has just been put into `slot`. If that makes more entries than the capacity, evicts one
    /// and returns its slot.
    fn admit(&mut self, slots: &Slots, random: &mut Random, slot: Slot) -> Option<Slot>;

    /// Evicts the entry that is worth least, if there is any but `keep`, and returns its slot.
    fn victim(&mut self, slots: &Slots, keep: Option<Slot>) -> Option<Slot>;

    /// Treats `slot` as hit just now, without waiting for its reference bit to be collected.
    fn touch(&mut self, slots: &Slots, slot: Slot);

    /// Counts the key in `slot` once more, for policies that remember how often keys were asked for.
    fn count(&mut self, _slots: &Slots, _slot: Slot) {}

    /// Notes that the entry of `slot` weighs more than before, by so much.
    fn reweigh(&mut self, _slots: &Slots, _slot: Slot, _by: f64) {}

    /// Takes `slot` off its list, since its entry leaves for another reason.
    fn remove(&mut self, slots: &Slots, slot: Slot);

    /// The live slot that is worth most, for `None`, or the next one after `slot`, as far as the
    /// policy can tell.
    fn next_ranked(&self, slots: &Slots, slot: Option<Slot>) -> Option<Slot>;

    /// What the policy remembers of the uses of `slot` beside its place in that order, as a number for
    /// [`Policy::restore`]. Collects its reference bit.
    fn uses(&mut self, _slots: &Slots, _slot: Slot) -> f64 {
        0.0
    }

    /// What `slot` is worth by the reference bits collected so far, where that and not [`Policy::next_ranked`] decides; the
    /// same for all slots elsewhere.
    fn worth(&self, _slots: &Slots, _slot: Slot) -> f64 {
        0.0
    }

    /// Takes in the entry of `slot`, which is on no list, as one of those worth most, with what [`Policy::uses`] has told of
    /// its key, here or in another cache; if that is not a number, with what it remembers. Nothing has to leave for it.
    fn restore(&mut self, slots: &Slots, slot: Slot, uses: f64);

    /// Checks the policy's own invariants.
    #[cfg(test)]
    fn validate(&self, slots: &Slots);
}
