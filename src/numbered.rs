//! Enums with numbered variants, whose names and numbers can be written down for another language.

/// A description of an enum, for a generator that writes its numbers down elsewhere.
#[cfg(feature = "package")]
#[derive(Debug, Clone, Copy)]
pub struct Listing {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// The names of its variants, numbered from 0, each with what it means.
    pub variants: &'static [(&'static str, &'static str)],
}

/// Makes an enum whose variants are numbered from 0 in their order, with a way back from a number and a `LISTING`.
macro_rules! numbered {
    (
        $(#[doc = $about:literal])*
        $visible:vis enum $name:ident {
            $($(#[doc = $meaning:literal])* $variant:ident,)*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        $visible enum $name {
            $($(#[doc = $meaning])* $variant,)*
        }

        impl $name {
            /// Its numbers, for the other side of a boundary.
            #[cfg(feature = "package")]
            pub(crate) const LISTING: $crate::numbered::Listing = $crate::numbered::Listing {
                name: stringify!($name),
                about: concat!($($about, "\n"),*),
                variants: &[$((stringify!($variant), concat!($($meaning, "\n"),*))),*],
            };

            /// The variant with this number.
            #[allow(dead_code, reason = "some enums only go out")]
            #[inline]
            pub(crate) const fn from_number(number: u32) -> Option<Self> {
                match number {
                    $(number if number == Self::$variant as u32 => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use numbered;

#[cfg(test)]
mod tests {
    numbered! {
        /// What to test with.
        enum Fruit {
            /// Is red,
            /// or green.
            Apple,
            /// Is yellow.
            Pear,
        }
    }

    #[test]
    fn numbers_lead_back_to_their_variants() {
        let all = [0, 1, 2, u32::MAX].map(Fruit::from_number);
        assert_eq!(all, [Some(Fruit::Apple), Some(Fruit::Pear), None, None]);
    }

    #[cfg(feature = "package")]
    #[test]
    fn a_listing_has_names_and_meanings() {
        assert_eq!((Fruit::LISTING.name, Fruit::LISTING.about), ("Fruit", " What to test with.\n"));
        assert_eq!(Fruit::LISTING.variants, [("Apple", " Is red,\n or green.\n"), ("Pear", " Is yellow.\n")]);
    }
}
