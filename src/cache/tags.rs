//! Names of tags, and the engine's numbers for them. A namespace's tags are its own: the same name is another tag
//! elsewhere.

use super::space::{self, SpaceRef};
use crate::arena::{Id, OutOfMemory};
use crate::engine::{Engine, Slot, Tag};
use std::collections::HashMap;
use std::rc::Rc;

/// The tags in use.
pub(super) struct TagNames {
    numbers: HashMap<Rc<str>, Vec<(SpaceRef, Tag)>>,
    /// The name of each number.
    names: Vec<Option<Rc<str>>>,
}

impl TagNames {
    pub fn new() -> Self {
        Self { numbers: HashMap::new(), names: Vec::new() }
    }

    /// Gives an entry its tags.
    pub fn attach(
        &mut self,
        engine: &mut Engine,
        slot: Slot,
        names: &[Rc<str>],
        space: &SpaceRef,
    ) -> Result<(), OutOfMemory> {
        for name in names {
            let known = self.numbers.get(name).and_then(|tags| tags.iter().find(|(at, _)| space::is_same(at, space)));
            let tag = match known {
                Some(&(_, tag)) => tag,
                None => self.open(engine, name, space)?,
            };
            engine.attach_tag(slot, tag)?;
        }
        Ok(())
    }

    /// The numbers of a tag in a namespace and in those within it.
    pub fn numbers(&self, name: &str, within: &SpaceRef) -> Vec<Tag> {
        let tags = self.numbers.get(name).into_iter().flatten();
        tags.filter(|(space, _)| space::is_within(space, within)).map(|&(_, tag)| tag).collect()
    }

    /// The names of an entry's tags.
    pub fn of(&self, engine: &Engine, slot: Slot) -> Vec<Rc<str>> {
        engine.tags(slot).filter_map(|tag| self.names.get(tag.index() as usize)?.clone()).collect()
    }

    /// Forgets the names that no entry carries any more.
    pub fn sweep(&mut self, engine: &mut Engine) {
        while let Some(tag) = engine.next_closed_tag() {
            let Some(name) = self.names.get_mut(tag.index() as usize).and_then(Option::take) else { continue };
            if let Some(tags) = self.numbers.get_mut(&name) {
                tags.retain(|&(_, number)| number != tag);
                if tags.is_empty() {
                    self.numbers.remove(&name);
                }
            }
        }
    }

    fn open(&mut self, engine: &mut Engine, name: &Rc<str>, space: &SpaceRef) -> Result<Tag, OutOfMemory> {
        let tag = engine.open_tag()?;
        let place = tag.index() as usize;
        if self.names.len() <= place {
            self.names.resize(place + 1, None);
        }
        if let Some(filed) = self.names.get_mut(place) {
            *filed = Some(Rc::clone(name));
        }
        self.numbers.entry(Rc::clone(name)).or_default().push((space.clone(), tag));
        Ok(tag)
    }
}
