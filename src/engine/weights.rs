//! How much entries weigh, where the cache is bounded by their sizes.

use super::slot::Slot;
use crate::arena::{Blank, Column, OutOfMemory};

/// The size of an entry; nothing, where there is none.
#[derive(Debug, Clone, Copy)]
struct Weight(f64);

impl Blank for Weight {
    const BLANK: Self = Self(0.0);
}

/// Sizes of entries and their sum. Whole numbers in 64-bit floats, so the sum is exact up to 2^53.
#[derive(Debug)]
pub struct Weights {
    column: Column<Slot, Weight>,
    total: f64,
    in_use: bool,
}

impl Weights {
    /// No weights, and none are kept.
    pub const fn new() -> Self {
        Self { column: Column::new(), total: 0.0, in_use: false }
    }

    /// Decides whether weights are kept from now on.
    pub fn keep(&mut self, in_use: bool) {
        self.in_use = in_use;
    }

    /// Makes room for `capacity` slots, if weights are kept.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn grow(&mut self, capacity: u32) -> Result<(), OutOfMemory> {
        if self.in_use { self.column.grow(capacity) } else { Ok(()) }
    }

    /// Gives the entry of `slot` its weight, in place of the one that it had.
    pub fn set(&mut self, slot: Slot, weight: f64) {
        if self.in_use {
            self.total += weight - self.get(slot);
            self.column.set(slot, Weight(weight));
        }
    }

    /// What the entry of `slot` weighs.
    pub fn get(&self, slot: Slot) -> f64 {
        self.column.get(slot).0
    }

    /// What all entries weigh together.
    pub const fn total(&self) -> f64 {
        self.total
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self::new()
    }
}
