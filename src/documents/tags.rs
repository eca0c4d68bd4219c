//! The document's structure for assistive technology: a tree of elements, each tied to what draws it.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Element(usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    H1,
    H2,
    Paragraph,
    List,
    ListItem,
    Label,
    ListBody,
    Table,
    Row,
    ColumnHeader,
    RowHeader,
    Cell,
    Figure,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::H1 => "H1",
            Self::H2 => "H2",
            Self::Paragraph => "P",
            Self::List => "L",
            Self::ListItem => "LI",
            Self::Label => "Lbl",
            Self::ListBody => "LBody",
            Self::Table => "Table",
            Self::Row => "TR",
            Self::ColumnHeader | Self::RowHeader => "TH",
            Self::Cell => "TD",
            Self::Figure => "Figure",
        }
    }

    /// Which cells a header cell is the header of.
    fn scope(self) -> Option<&'static str> {
        match self {
            Self::ColumnHeader => Some("Column"),
            Self::RowHeader => Some("Row"),
            _ => None,
        }
    }
}

#[derive(Debug)]
struct Node {
    role: Role,
    parent: Option<Element>,
    alternative: Option<String>,
}

/// Elements in reading order.
#[derive(Debug, Default)]
pub(super) struct Tags {
    nodes: Vec<Node>,
}

/// One marked-content sequence: the element it belongs to and its number on its page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marked {
    pub page: usize,
    pub number: i64,
    pub element: Element,
}

impl Tags {
    pub fn add(&mut self, role: Role, parent: Option<Element>) -> Element {
        self.nodes.push(Node { role, parent, alternative: None });
        Element(self.nodes.len() - 1)
    }

    pub fn figure(&mut self, alternative: &str) -> Element {
        self.nodes.push(Node { role: Role::Figure, parent: None, alternative: Some(alternative.to_owned()) });
        Element(self.nodes.len() - 1)
    }

    /// The name a marked-content sequence of this element carries.
    pub fn name(&self, element: Element) -> &'static str {
        self.nodes.get(element.0).map_or("Span", |node| node.role.name())
    }

    /// Adds the structure tree to the catalogue and ties pages to it.
    pub fn write(&self, doc: &mut Document, pages: &[ObjectId], marked: &[Marked]) -> Result<(), lopdf::Error> {
        let root = doc.new_object_id();
        let document = doc.new_object_id();
        let ids: Vec<ObjectId> = self.nodes.iter().map(|_| doc.new_object_id()).collect();
        let mut children: BTreeMap<usize, Vec<Object>> = BTreeMap::new();
        let mut top = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            match node.parent {
                Some(parent) => children.entry(parent.0).or_default().push(Object::Reference(ids[index])),
                None => top.push(Object::Reference(ids[index])),
            }
        }
        let mut parents: BTreeMap<usize, Vec<Object>> = BTreeMap::new();
        for mark in marked {
            let mut content = Dictionary::new();
            content.set("Type", Object::Name(b"MCR".to_vec()));
            content.set("Pg", Object::Reference(pages[mark.page]));
            content.set("MCID", mark.number);
            children.entry(mark.element.0).or_default().push(Object::Dictionary(content));
            parents.entry(mark.page).or_default().push(Object::Reference(ids[mark.element.0]));
        }
        for (index, node) in self.nodes.iter().enumerate() {
            let mut element = Dictionary::new();
            element.set("Type", Object::Name(b"StructElem".to_vec()));
            element.set("S", Object::Name(node.role.name().into()));
            element.set("P", Object::Reference(node.parent.map_or(document, |p| ids[p.0])));
            element.set("K", children.remove(&index).unwrap_or_default());
            if let Some(text) = &node.alternative {
                element.set("Alt", lopdf::text_string(text));
            }
            if let Some(direction) = node.role.scope() {
                let mut scope = Dictionary::new();
                scope.set("O", Object::Name(b"Table".to_vec()));
                scope.set("Scope", Object::Name(direction.into()));
                element.set("A", scope);
            }
            doc.set_object(ids[index], element);
        }
        let mut whole = Dictionary::new();
        whole.set("Type", Object::Name(b"StructElem".to_vec()));
        whole.set("S", Object::Name(b"Document".to_vec()));
        whole.set("P", Object::Reference(root));
        whole.set("K", top);
        doc.set_object(document, whole);

        let mut numbers = Vec::new();
        for (page, elements) in parents {
            let key = i64::try_from(page).unwrap_or(i64::MAX);
            numbers.push(Object::Integer(key));
            numbers.push(Object::Array(elements));
            doc.get_object_mut(pages[page])?.as_dict_mut()?.set("StructParents", key);
        }
        let mut tree = Dictionary::new();
        tree.set("Nums", numbers);
        let tree = doc.add_object(tree);
        let mut struct_root = Dictionary::new();
        struct_root.set("Type", Object::Name(b"StructTreeRoot".to_vec()));
        struct_root.set("K", vec![Object::Reference(document)]);
        struct_root.set("ParentTree", Object::Reference(tree));
        struct_root.set("ParentTreeNextKey", i64::try_from(pages.len()).unwrap_or(i64::MAX));
        doc.set_object(root, struct_root);

        let catalogue = doc.catalog_mut()?;
        catalogue.set("StructTreeRoot", Object::Reference(root));
        let mut info = Dictionary::new();
        info.set("Marked", true);
        catalogue.set("MarkInfo", info);
        Ok(())
    }
}
