//! Documents of Flipt.

use crate::vendors::Reader;

pub(crate) const READER: Reader = Reader::NOT_YET;
