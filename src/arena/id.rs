//! Ids as types: a slot is not a ticket, and `None` is not a number.

use std::fmt::Debug;
use std::num::NonZeroU32;

/// The number of a thing of one kind: its place in every [`Column`](super::Column) of such things.
///
/// Callers count from 0 ([`Id::index`]) and file their own data under that. An id stores that number plus one, so that
/// an `Option` of an id takes no more room than the id.
pub trait Id: Copy + Eq + Debug {
    /// The first number of all.
    const FIRST: Self;

    /// The id with this number plus one.
    fn from_raw(raw: NonZeroU32) -> Self;

    /// The number plus one.
    fn raw(self) -> NonZeroU32;

    /// The id with this number. The largest number gives the same id as the one before it: no memory holds so many
    /// things, so neither id is ever in use.
    #[inline(always)]
    fn from_index(index: u32) -> Self {
        Self::from_raw(NonZeroU32::MIN.saturating_add(index))
    }

    /// The number, from 0 up.
    #[inline(always)]
    fn index(self) -> u32 {
        self.raw().get() - 1
    }

    /// The next of the first `count` ids; behind the last one comes the first.
    #[inline(always)]
    fn next_in_circle(self, count: u32) -> Self {
        if self.raw().get() < count { Self::from_raw(self.raw().saturating_add(1)) } else { Self::FIRST }
    }

    /// The first `count` ids.
    fn first(count: u32) -> impl Iterator<Item = Self> {
        (0..count).map(Self::from_index)
    }
}

/// Makes a type of ids.
macro_rules! id {
    ($(#[$about:meta])* $visible:vis struct $name:ident;) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        $visible struct $name(std::num::NonZeroU32);

        impl $crate::arena::Id for $name {
            const FIRST: Self = Self(std::num::NonZeroU32::MIN);

            #[inline(always)]
            fn from_raw(raw: std::num::NonZeroU32) -> Self {
                Self(raw)
            }

            #[inline(always)]
            fn raw(self) -> std::num::NonZeroU32 {
                self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_tuple(stringify!($name)).field(&$crate::arena::Id::index(*self)).finish()
            }
        }
    };
}

pub(crate) use id;

#[cfg(test)]
mod tests {
    use super::*;

    id! {
        /// An id to test with.
        struct Thing;
    }

    #[test]
    fn an_option_of_an_id_is_as_small_as_the_id() {
        assert_eq!(size_of::<Option<Thing>>(), size_of::<u32>());
    }

    #[test]
    fn every_number_is_an_id() {
        for index in [0, 1, 7, u32::MAX - 1] {
            assert_eq!(Thing::from_index(index).index(), index);
        }
        assert_eq!(Thing::from_index(u32::MAX), Thing::from_index(u32::MAX - 1));
        assert_eq!(format!("{:?}", Thing::from_index(7)), "Thing(7)");
    }

    #[test]
    fn a_circle_has_as_many_ids_as_it_should() {
        let all: Vec<_> = Thing::first(3).collect();
        let round: Vec<_> =
            std::iter::successors(Some(Thing::FIRST), |id| Some(id.next_in_circle(3))).take(4).collect();
        assert_eq!(round, [all[0], all[1], all[2], all[0]]);
        assert_eq!(Thing::FIRST.next_in_circle(0), Thing::FIRST);
        assert_eq!(Thing::from_index(u32::MAX).next_in_circle(u32::MAX), Thing::FIRST);
    }
}
