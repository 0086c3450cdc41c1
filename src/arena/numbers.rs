//! Numbers for things that come and go.

use super::column::{Column, NIL, Slot};
use std::collections::TryReserveError;

/// Hands out numbers from 0 up, those first that were given back.
#[derive(Debug)]
pub struct Numbers {
    /// The next free number of every free one.
    next: Column<Slot>,
    free: Slot,
    /// From here on, no number was ever handed out.
    fresh: Slot,
    taken: u32,
}

impl Numbers {
    /// No numbers yet.
    pub const fn new() -> Self {
        Self { next: Column::new(), free: NIL, fresh: 0, taken: 0 }
    }

    /// How many numbers there are, free ones included.
    pub fn capacity(&self) -> u32 {
        self.next.len()
    }

    /// How many numbers are taken.
    pub const fn taken(&self) -> u32 {
        self.taken
    }

    /// Makes sure that a number is free, and returns how many there are then.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn reserve(&mut self) -> Result<u32, TryReserveError> {
        if self.free == NIL && self.fresh == self.capacity() {
            self.next.grow(self.capacity().saturating_mul(2).clamp(8, NIL - 1))?;
        }
        Ok(self.capacity())
    }

    /// Takes a number. Needs [`Numbers::reserve`].
    pub fn take(&mut self) -> Slot {
        self.taken += 1;
        if self.free == NIL {
            self.fresh += 1;
            return self.fresh - 1;
        }
        let number = self.free;
        self.free = self.next.take(number);
        number
    }

    /// Takes back a number that was handed out.
    pub fn give_back(&mut self, number: Slot) {
        self.taken -= 1;
        self.next.set(number, self.free);
        self.free = number;
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_used_again() {
        let mut numbers = Numbers::new();
        let take = |numbers: &mut Numbers| {
            numbers.reserve().expect("memory");
            numbers.take()
        };
        assert_eq!([0; 20].map(|_| take(&mut numbers)), std::array::from_fn(|number| number as u32));
        numbers.give_back(7);
        numbers.give_back(3);
        assert_eq!(numbers.taken(), 18);
        assert_eq!([0; 3].map(|_| take(&mut numbers)), [3, 7, 20]);
        assert_eq!(numbers.capacity(), 32);
    }
}
