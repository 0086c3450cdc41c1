//! Keys, and their hashes.

/// The two numbers that a cache of the package draws, from which all its secrets follow.
#[derive(Debug, Clone, Copy)]
pub struct Secrets {
    /// Where a hash starts.
    pub start: u32,
    /// What it is multiplied by; odd.
    pub factor: u32,
}

/// A key, as JavaScript has it.
#[derive(Debug)]
pub enum Key {
    /// A number.
    Number(f64),
    /// UTF-16 units.
    Text(Vec<u16>),
}

impl Key {
    /// A string.
    pub fn text(text: &str) -> Self {
        Self::Text(text.encode_utf16().collect())
    }

    /// The twin of `hash` in pkg-template/src/store/hash.ts: whoever changes one changes the other.
    pub fn hash(&self, Secrets { start, factor }: Secrets) -> u32 {
        let mix = |state: u32, units: u32| {
            let product = (state ^ units).wrapping_mul(factor);
            product ^ (product >> 15)
        };
        match self {
            Self::Number(number) => {
                let bits = (number + 0.0).to_bits();
                mix(mix(start, bits as u32), (bits >> 32) as u32)
            }
            Self::Text(units) => {
                let pairs = units.chunks(2).map(|pair| match *pair {
                    [first, second] => u32::from(first) | u32::from(second) << 16,
                    _ => pair.first().copied().map_or(0, u32::from),
                });
                mix(pairs.fold(start, mix), units.len() as u32)
            }
        }
    }
}
