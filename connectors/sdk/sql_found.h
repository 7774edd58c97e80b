// Guesses about the tables of a database that its catalogue does not say: keys, cursors and which tables hold
// the lines of others. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "connectors/sdk/source.h"

namespace crossbill::connectors {

struct SqlForeignKey {
  std::string child;
  std::string child_column;
  std::string parent;
  std::string parent_column;  // empty: the parent's primary key
};

// Fills keys that are not declared (from columns that tell the samples apart), cursors by their names, and
// children: declared foreign keys, else a table whose key begins with another table's whole key.
void CompleteFound(std::vector<FoundStream>& found, const std::vector<SqlForeignKey>& links);
// updated_at, modified_on, changed, aedat, lastmod …
bool LooksLikeCursor(std::string_view column);

}  // namespace crossbill::connectors
