use super::{context_reader, reader};
use crate::dialect::Dialect;

#[test]
fn whoever_reads_documents_reads_contexts() {
    for dialect in Dialect::ALL {
        assert_eq!(reader(dialect).is_some(), context_reader(dialect).is_some(), "{dialect}");
    }
}
