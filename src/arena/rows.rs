//! All attributes of every thing of a kind together, for code that is large and not hot.

use super::column::Place;
use super::memory::OutOfMemory;
use std::marker::PhantomData;

/// A type whose rows have a value for places that were never written.
pub trait Row: Copy + 'static {
    /// That value.
    const BLANK: &'static Self;
}

/// A growable array with one row per place.
///
/// As in a [`Column`](super::Column), a place outside reads as the blank row, and ignores what is written to it. To find a
/// row takes a call, so code that reads rows in many places is smaller than with a column, and a little slower.
#[derive(Debug)]
pub struct Rows<P: Place, T: Row> {
    rows: Vec<T>,
    places: PhantomData<P>,
}

impl<P: Place, T: Row> Rows<P, T> {
    /// No rows.
    pub const fn new() -> Self {
        Self { rows: Vec::new(), places: PhantomData }
    }

    /// The row at `place`.
    #[inline(never)]
    pub fn get(&self, place: P) -> &T {
        self.rows.get(place.cell()).unwrap_or(T::BLANK)
    }

    /// The row at `place`, to be changed there.
    #[inline(never)]
    pub fn get_mut(&mut self, place: P) -> Option<&mut T> {
        self.rows.get_mut(place.cell())
    }

    /// Makes the row at `place` blank again.
    pub fn clear(&mut self, place: P) {
        if let Some(row) = self.get_mut(place) {
            *row = *T::BLANK;
        }
    }

    /// How many places there are.
    pub fn len(&self) -> u32 {
        self.rows.len().saturating_sub(P::UNUSED) as u32
    }

    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Makes room for `len` places in all; the new ones are blank. Never shrinks.
    ///
    /// # Errors
    /// When the memory can't be had; the rows are then as they were.
    #[inline(never)]
    pub fn grow(&mut self, len: u32) -> Result<(), OutOfMemory> {
        let len = (len as usize).saturating_add(P::UNUSED);
        self.rows.try_reserve_exact(len.saturating_sub(self.rows.len())).map_err(|_| OutOfMemory)?;
        if len > self.rows.len() {
            self.rows.resize_with(len, || *T::BLANK);
        }
        Ok(())
    }
}

impl<P: Place, T: Row> Default for Rows<P, T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::Id;
    use crate::arena::id;

    id! {
        /// An id to test with.
        struct Thing;
    }

    impl Row for u64 {
        const BLANK: &'static Self = &7;
    }

    #[test]
    fn a_place_outside_is_blank_and_stays_so() {
        let mut rows = Rows::<Thing, u64>::new();
        let [inside, outside] = [1, 2].map(Thing::from_index);
        rows.grow(2).expect("memory");
        rows.grow(1).expect("it never shrinks");
        assert_eq!((rows.len(), *rows.get(inside), *rows.get(outside)), (2, 7, 7));
        *rows.get_mut(inside).expect("it is there") = 5;
        assert!(rows.get_mut(outside).is_none());
        assert_eq!((*rows.get(inside), *rows.get(outside)), (5, 7));
        rows.clear(inside);
        rows.clear(outside);
        assert_eq!(*rows.get(inside), 7);
    }
}
