//! Namespaces: parts of a cache with keys of their own.

use std::rc::Rc;

/// The names on the way to a namespace. Two with the same names are the same one.
#[derive(Debug)]
pub(super) struct Space {
    pub names: Vec<Rc<str>>,
    /// Goes into the hashes of its keys.
    pub hash: u64,
}

/// A namespace, or `None` for the cache as a whole.
pub(super) type SpaceRef = Option<Rc<Space>>;

/// The namespace of this name within another one.
pub(super) fn nested(outer: &SpaceRef, name: &str, hash: u64) -> Rc<Space> {
    let mut names = names(outer).to_vec();
    names.push(name.into());
    let hash = outer.as_ref().map_or(1, |outer| outer.hash).rotate_left(5) ^ hash;
    Rc::new(Space { names, hash })
}

/// The names on the way to a namespace.
pub(super) fn names(space: &SpaceRef) -> &[Rc<str>] {
    space.as_ref().map_or(&[], |space| &space.names)
}

pub(super) fn is_same(one: &SpaceRef, other: &SpaceRef) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => Rc::ptr_eq(one, other) || one.names == other.names,
        _ => false,
    }
}

/// Whether a namespace is another one or within it.
pub(super) fn is_within(space: &SpaceRef, outer: &SpaceRef) -> bool {
    outer.is_none() || names(space).starts_with(names(outer))
}
