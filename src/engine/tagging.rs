//! What an engine does with tags: which entries carry them, and what happens to all of those at once.

use super::Engine;
use super::slot::Slot;
use super::slots::Reason;
use super::tags::Tag;
use crate::arena::OutOfMemory;

impl Engine {
    /// Takes a number for a tag. Give it to an entry before anything else happens.
    ///
    /// ```
    /// # use keylatch::engine::{Bounds, Config, Engine, Entry, NEVER};
    /// # let mut engine = Engine::new(Config { seed: Some(7), ..Config::new(Bounds::entries(100)) });
    /// let users = engine.open_tag()?;
    /// for hash in 0..3 {
    ///     let slot = engine.insert(Entry { hash, weight: 0.0, ttl: NEVER }, 0.0)?;
    ///     engine.attach_tag(slot, users)?;
    /// }
    /// engine.remove_tagged(users);
    /// assert!(engine.is_empty());
    /// assert_eq!(engine.next_closed_tag(), Some(users));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the memory can't be had.
    pub fn open_tag(&mut self) -> Result<Tag, OutOfMemory> {
        self.tags.open(self.slots.capacity())
    }

    /// Gives the entry of `slot` a tag.
    ///
    /// # Errors
    /// When the memory can't be had; the entry is then as it was.
    pub fn attach_tag(&mut self, slot: Slot, tag: Tag) -> Result<(), OutOfMemory> {
        self.tags.attach(slot, tag)
    }

    /// Makes every entry leave that carries `tag`.
    pub fn remove_tagged(&mut self, tag: Tag) {
        while let Some(slot) = self.tags.first_slot(tag) {
            self.remove(slot, Reason::Delete);
        }
    }

    /// Hands out the next tag that no entry carries any more. Call it until there is none.
    pub fn next_closed_tag(&mut self) -> Option<Tag> {
        self.tags.next_closed()
    }

    /// The tags of the entry of `slot`.
    pub fn tags(&self, slot: Slot) -> impl Iterator<Item = Tag> + '_ {
        self.tags.of(slot)
    }

    /// Has every entry expire now that carries `tag`, unless it has already: for how long it may still be served counts from
    /// its first expiry. Answers how many had been alive.
    ///
    /// # Errors
    /// When the memory can't be had; nothing has changed then.
    pub fn expire_tagged(&mut self, tag: Tag, now: f64) -> Result<u32, OutOfMemory> {
        self.expiry.grow(self.slots.capacity(), true)?;
        let mut count = 0;
        for slot in self.tags.slots(tag) {
            if !self.expiry.is_expired(slot, now) {
                self.expiry.end(slot, now);
                count += 1;
            }
        }
        Ok(count)
    }
}
