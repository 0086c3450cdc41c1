//! One attribute of every slot, stored side by side.

use std::cell::Cell;
use std::collections::TryReserveError;

/// The number of a thing: its place in every [`Column`].
pub type Slot = u32;

/// No slot: the end of a list, or the neighbour of nothing.
pub const NIL: Slot = Slot::MAX;

/// A type whose columns have a value for slots that were never written.
pub trait Blank: Copy {
    /// That value.
    const BLANK: Self;
}

impl Blank for u8 {
    const BLANK: Self = 0;
}

impl Blank for u32 {
    const BLANK: Self = NIL;
}

impl Blank for u64 {
    const BLANK: Self = 0;
}

/// A growable array with one value per slot.
///
/// Its values are cells, because the columns that make up the shared page are also written from outside, between two
/// calls of the engine: a reader marks a hit, or moves an expiry. A slot outside reads as the column's blank value and
/// ignores what is written to it, so no slot number can make the engine panic.
#[derive(Debug)]
pub struct Column<T: Blank> {
    cells: Vec<Cell<T>>,
}

impl<T: Blank> Column<T> {
    /// An empty column.
    pub const fn new() -> Self {
        Self { cells: Vec::new() }
    }

    /// The value of `slot`.
    #[inline]
    pub fn get(&self, slot: Slot) -> T {
        self.cells.get(slot as usize).map_or(T::BLANK, Cell::get)
    }

    /// Changes the value of `slot`.
    #[inline]
    pub fn set(&self, slot: Slot, value: T) {
        if let Some(cell) = self.cells.get(slot as usize) {
            cell.set(value);
        }
    }

    /// Changes the value of `slot` to what `change` makes of it.
    #[inline]
    pub fn update(&self, slot: Slot, change: impl FnOnce(T) -> T) {
        if let Some(cell) = self.cells.get(slot as usize) {
            cell.set(change(cell.get()));
        }
    }

    /// The values of `N` slots from `first` on, if there are as many.
    #[inline]
    pub fn chunk<const N: usize>(&self, first: Slot) -> Option<&[Cell<T>; N]> {
        self.cells.get(first as usize..)?.first_chunk()
    }

    /// The place of `slot`, to change what is there.
    #[inline]
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut T> {
        self.cells.get_mut(slot as usize).map(Cell::get_mut)
    }

    /// Takes the value of `slot` and leaves the blank.
    #[inline]
    pub fn take(&self, slot: Slot) -> T {
        self.cells.get(slot as usize).map_or(T::BLANK, |cell| cell.replace(T::BLANK))
    }

    /// How many slots the column has.
    pub fn len(&self) -> u32 {
        u32::try_from(self.cells.len()).unwrap_or(NIL)
    }

    /// Whether the column has no slot.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Makes room for `len` slots in all; the new ones are blank. Never shrinks.
    ///
    /// # Errors
    /// When the memory can't be had; the column is then as it was.
    pub fn grow(&mut self, len: u32) -> Result<(), TryReserveError> {
        let len = len as usize;
        self.cells.try_reserve_exact(len.saturating_sub(self.cells.len()))?;
        if len > self.cells.len() {
            self.cells.resize(len, Cell::new(T::BLANK));
        }
        Ok(())
    }

    /// Where the values lie in memory, for a reader outside. Moves when the column grows.
    pub fn as_ptr(&self) -> *const T {
        self.cells.as_ptr().cast()
    }
}

impl<T: Blank> Default for Column<T> {
    fn default() -> Self {
        Self::new()
    }
}
