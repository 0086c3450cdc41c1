//! Names of tags, and the engine's numbers for them. A namespace's tags are its own: the same name is another tag
//! elsewhere.

use super::RandomHash;
use super::index::Index;
use super::space::{self, SpaceRef};
use crate::arena::{Id, OutOfMemory};
use crate::engine::{Engine, Slot, Tag};
use std::hash::BuildHasher;
use std::rc::Rc;

/// The tags in use.
pub(super) struct TagNames {
    /// By number.
    names: Vec<Option<Named>>,
    /// The first tag of each hash of a name.
    index: Index,
    /// Nobody outside can choose names that collide.
    hasher: RandomHash,
}

/// A tag in use.
struct Named {
    hash: u64,
    name: Rc<str>,
    space: SpaceRef,
    /// The next tag whose name has the same hash.
    next: Option<Tag>,
}

impl TagNames {
    pub fn new() -> Self {
        Self { names: Vec::new(), index: Index::default(), hasher: RandomHash::new() }
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
            let hash = self.hasher.hash_one(name);
            let known = self.of_name(hash, name).find(|(_, known)| space::is_same(&known.space, space));
            let tag = match known {
                Some((tag, _)) => tag,
                None => self.open(engine, hash, name, space)?,
            };
            engine.attach_tag(slot, tag)?;
        }
        Ok(())
    }

    /// The numbers of a tag in a namespace and in those within it.
    pub fn numbers(&self, name: &str, within: &SpaceRef) -> Vec<Tag> {
        let tags = self.of_name(self.hasher.hash_one(name), name);
        tags.filter(|(_, named)| space::is_within(&named.space, within)).map(|(tag, _)| tag).collect()
    }

    /// The names of an entry's tags.
    pub fn of(&self, engine: &Engine, slot: Slot) -> Vec<Rc<str>> {
        engine.tags(slot).filter_map(|tag| Some(Rc::clone(&self.named(tag)?.name))).collect()
    }

    /// Forgets the names that no entry carries any more.
    pub fn sweep(&mut self, engine: &mut Engine) {
        while let Some(tag) = engine.next_closed_tag() {
            let Some(Named { hash, next, .. }) = self.names.get_mut(tag.index() as usize).and_then(Option::take) else {
                continue;
            };
            let first = self.index.get(hash);
            if first == Some(tag.index()) {
                match next {
                    Some(next) => drop(self.index.insert(hash, next.index())),
                    None => self.index.remove(hash),
                }
                continue;
            }
            let mut at = first;
            while let Some(named) = at.and_then(|at| self.names.get_mut(at as usize)?.as_mut()) {
                if named.next == Some(tag) {
                    named.next = next;
                    break;
                }
                at = named.next.map(Tag::index);
            }
        }
    }

    fn open(&mut self, engine: &mut Engine, hash: u64, name: &Rc<str>, space: &SpaceRef) -> Result<Tag, OutOfMemory> {
        let tag = engine.open_tag()?;
        let place = tag.index() as usize;
        if self.names.len() <= place {
            self.names.resize_with(place + 1, || None);
        }
        let next = self.index.insert(hash, tag.index()).map(Tag::from_index);
        if let Some(filed) = self.names.get_mut(place) {
            *filed = Some(Named { hash, name: Rc::clone(name), space: space.clone(), next });
        }
        Ok(tag)
    }

    fn named(&self, tag: Tag) -> Option<&Named> {
        self.names.get(tag.index() as usize)?.as_ref()
    }

    /// The tags of a name, in all namespaces.
    fn of_name<'a>(&'a self, hash: u64, name: &'a str) -> impl Iterator<Item = (Tag, &'a Named)> {
        let tag = |number: Option<u32>| {
            let tag = Tag::from_index(number?);
            Some((tag, self.named(tag)?))
        };
        let chain = std::iter::successors(tag(self.index.get(hash)), move |(_, named)| tag(named.next.map(Tag::index)));
        chain.filter(move |(_, named)| &*named.name == name)
    }
}
