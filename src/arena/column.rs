//! A column: one attribute of all things of a kind, stored side by side.

use super::id::Id;
use super::memory::OutOfMemory;
use std::cell::Cell;
use std::marker::PhantomData;

/// A type of values, with the blank value that a column has where nothing was written.
pub trait Blank: Copy {
    /// That value.
    const BLANK: Self;
}

impl Blank for u8 {
    const BLANK: Self = 0;
}

impl Blank for u32 {
    const BLANK: Self = 0;
}

impl Blank for u64 {
    const BLANK: Self = 0;
}

impl<I: Id> Blank for Option<I> {
    const BLANK: Self = None;
}

/// The index of a column: an id, or a plain number.
pub trait Place: Copy {
    /// Cells before the first place.
    const UNUSED: usize;

    /// The cell of this place.
    fn cell(self) -> usize;
}

impl Place for u32 {
    const UNUSED: usize = 0;

    #[inline(always)]
    fn cell(self) -> usize {
        self as usize
    }
}

impl<I: Id> Place for I {
    /// One unused cell is cheaper than a subtraction at every access.
    const UNUSED: usize = 1;

    #[inline(always)]
    fn cell(self) -> usize {
        self.raw().get() as usize
    }
}

/// A growable array with one value per place.
///
/// Its values are cells, because the columns that make up the shared page are also written from outside, between two
/// calls of the engine: a reader marks a hit, or moves an expiry. A place outside reads as the column's blank value and
/// ignores what is written to it, so no number can make the engine panic.
#[derive(Debug)]
pub struct Column<P: Place, T: Blank> {
    cells: Vec<Cell<T>>,
    places: PhantomData<P>,
}

impl<P: Place, T: Blank> Column<P, T> {
    /// An empty column.
    pub const fn new() -> Self {
        Self { cells: Vec::new(), places: PhantomData }
    }

    /// The value at `place`.
    #[inline]
    pub fn get(&self, place: P) -> T {
        self.cells.get(place.cell()).map_or(T::BLANK, Cell::get)
    }

    /// Changes the value at `place`.
    #[inline]
    pub fn set(&self, place: P, value: T) {
        if let Some(cell) = self.cells.get(place.cell()) {
            cell.set(value);
        }
    }

    /// Changes the value at `place` to what `change` makes of it.
    #[inline]
    pub fn update(&self, place: P, change: impl FnOnce(T) -> T) {
        if let Some(cell) = self.cells.get(place.cell()) {
            cell.set(change(cell.get()));
        }
    }

    /// The values of `N` places from `first` on, if there are as many.
    #[inline]
    pub fn chunk<const N: usize>(&self, first: P) -> Option<&[Cell<T>; N]> {
        self.cells.get(first.cell()..)?.first_chunk()
    }

    /// What is at `place`, to be changed there.
    #[inline]
    pub fn get_mut(&mut self, place: P) -> Option<&mut T> {
        self.cells.get_mut(place.cell()).map(Cell::get_mut)
    }

    /// Takes the value at `place` and leaves the blank.
    #[inline]
    pub fn take(&self, place: P) -> T {
        self.cells.get(place.cell()).map_or(T::BLANK, |cell| cell.replace(T::BLANK))
    }

    /// How many places the column has.
    pub fn len(&self) -> u32 {
        self.cells.len().saturating_sub(P::UNUSED) as u32
    }

    /// Whether the column has no place.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Makes room for `len` places in all; the new ones are blank. Never shrinks.
    ///
    /// # Errors
    /// When there is no memory; the column is then unchanged.
    #[inline(never)]
    pub fn grow(&mut self, len: u32) -> Result<(), OutOfMemory> {
        let len = (len as usize).saturating_add(P::UNUSED);
        self.cells.try_reserve_exact(len.saturating_sub(self.cells.len())).map_err(|_| OutOfMemory)?;
        if len > self.cells.len() {
            self.cells.resize_with(len, || Cell::new(T::BLANK));
        }
        Ok(())
    }

    /// Where the values lie in memory, for a reader outside, who counts from 0. Moves when the column grows.
    pub fn as_ptr(&self) -> *const T {
        self.cells.as_ptr().wrapping_add(P::UNUSED).cast()
    }
}

impl<P: Place, T: Blank> Default for Column<P, T> {
    fn default() -> Self {
        Self::new()
    }
}
