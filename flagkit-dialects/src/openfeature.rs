//! Documents of the OpenFeature specification's own test document.

use crate::vendors::Reader;

pub(crate) const READER: Reader = Reader::NOT_YET;
