//! Ids for things that come and go.

use super::column::Column;
use super::id::{Id, id};
use super::memory::OutOfMemory;
use std::marker::PhantomData;

/// Hands out ids: first those that were given back, then the next unused one.
#[derive(Debug)]
pub struct IdPool<I> {
    pool: Pool,
    ids: PhantomData<I>,
}

impl<I: Id> IdPool<I> {
    /// No ids yet.
    pub const fn new() -> Self {
        Self { pool: Pool { next: Column::new(), free: None, used: 0, taken: 0 }, ids: PhantomData }
    }

    /// How many ids there are, free ones included.
    pub fn capacity(&self) -> u32 {
        self.pool.next.len()
    }

    /// How many ids are taken.
    pub const fn taken(&self) -> u32 {
        self.pool.taken
    }

    /// Makes sure that an id is free, and returns how many there are then.
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn reserve(&mut self) -> Result<u32, OutOfMemory> {
        self.pool.reserve()?;
        Ok(self.capacity())
    }

    /// Takes an id. Needs [`IdPool::reserve`].
    pub fn take(&mut self) -> I {
        I::from_raw(self.pool.take().0)
    }

    /// Takes back an id that was handed out.
    pub fn give_back(&mut self, id: I) {
        self.pool.give_back(Number(id.raw()));
    }
}

impl<I: Id> Default for IdPool<I> {
    fn default() -> Self {
        Self::new()
    }
}

id! {
    /// An id of any kind.
    struct Number;
}

/// The part that doesn't depend on the kind of the ids, so it is compiled only once.
#[derive(Debug)]
struct Pool {
    /// The next free number of every free one.
    next: Column<Number, Option<Number>>,
    free: Option<Number>,
    /// How many numbers were ever handed out.
    used: u32,
    taken: u32,
}

impl Pool {
    #[inline(never)]
    fn reserve(&mut self) -> Result<(), OutOfMemory> {
        let capacity = self.next.len();
        if self.free.is_some() || self.used < capacity {
            return Ok(());
        }
        self.next.grow(capacity.saturating_mul(2).clamp(8, u32::MAX - 1))
    }

    #[inline(never)]
    fn take(&mut self) -> Number {
        self.taken += 1;
        if let Some(number) = self.free {
            self.free = self.next.take(number);
            return number;
        }
        self.used += 1;
        Number::from_index(self.used - 1)
    }

    #[inline(never)]
    fn give_back(&mut self, number: Number) {
        self.taken -= 1;
        self.next.set(number, self.free);
        self.free = Some(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    id! {
        /// An id to test with.
        struct Thing;
    }

    #[test]
    fn ids_are_used_again() {
        let mut pool = IdPool::<Thing>::new();
        let take = |pool: &mut IdPool<Thing>| {
            pool.reserve().expect("memory");
            pool.take().index()
        };
        assert_eq!([0; 20].map(|_| take(&mut pool)), std::array::from_fn(|number| number as u32));
        pool.give_back(Thing::from_index(7));
        pool.give_back(Thing::from_index(3));
        assert_eq!(pool.taken(), 18);
        assert_eq!([0; 3].map(|_| take(&mut pool)), [3, 7, 20]);
        assert_eq!(pool.capacity(), 32);
    }
}
