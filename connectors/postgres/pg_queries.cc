// The queries of a pass. COPY takes no parameters, so values stand in them as literals that libpq quotes,
// each cast to its column's type.
#include <algorithm>

#include "connectors/postgres/pg_source.h"

namespace crossbill::connectors {
namespace {

using Phase = SqlPosition::Phase;

std::string EachIs(const std::vector<std::string>& columns, std::string_view test, std::string_view joint) {
  std::string out;
  for (const std::string& column : columns) {
    out += (out.empty() ? "" : std::string(joint)) + "p." + QuoteIdentifier(column) + std::string(test);
  }
  return "(" + out + ")";
}

std::vector<std::string> NamesOf(const std::vector<PgColumn>& columns) {
  std::vector<std::string> names;
  for (const PgColumn& column : columns) {
    names.push_back(column.name);
  }
  return names;
}

}  // namespace

const std::vector<std::string>& PgSource::OrderOfPhase() const {
  return position_.phase == Phase::kRows && !spec_.stream.cursor.empty() ? cursor_order_ : key_columns_;
}

std::string PgSource::Typed(const std::string& column, const SqlKey& value) const {
  const auto type = std::find_if(type_names_.begin(), type_names_.end(),
                                 [&](const auto& entry) { return entry.first == column; });
  return rows_.connection->Literal(SqlKeyText(value)) +
         "::" + (type == type_names_.end() ? "text" : type->second);
}

// The columns by which rows are ordered. Of a whole table texts are ordered by their bytes, which sorts
// several times as fast as a language's rules. With a cursor, or when the database orders by bytes anyway,
// the column's own order is kept, since an index has it.
std::string PgSource::Ordered(const std::vector<std::string>& columns) const {
  constexpr unsigned kText = 25, kVarchar = 1043, kBpchar = 1042;
  const bool by_bytes = spec_.stream.cursor.empty() && !own_order_is_bytes_;
  std::string out;
  for (const std::string& column : columns) {
    const unsigned type = columns_[static_cast<std::size_t>(schema_.Find(column))].type;
    const bool bytes = by_bytes && (type == kText || type == kVarchar || type == kBpchar);
    out += (out.empty() ? "p." : ", p.") + QuoteIdentifier(column) + (bytes ? " COLLATE \"C\"" : "");
  }
  return out;
}

std::string PgSource::Window() const {
  const std::vector<std::string>& order = OrderOfPhase();
  std::string sql;
  switch (position_.phase) {
    case Phase::kRows:
      sql = EachIs(order, " IS NOT NULL", " AND ");
      break;
    case Phase::kNullCursor:
      sql =
          EachIs(spec_.stream.cursor, " IS NULL", " OR ") + " AND " + EachIs(order, " IS NOT NULL", " AND ");
      break;
    default:
      return EachIs(order, " IS NULL", " OR ");
  }
  if (!position_.after.empty()) {
    std::string values;
    for (std::size_t i = 0; i < order.size(); ++i) {
      values += (i == 0 ? "" : ", ") + Typed(order[i], position_.after[i]);
    }
    sql += " AND (" + Ordered(order) + ") > (" + values + ")";
  } else if (position_.phase == Phase::kRows && position_.from && !spec_.stream.cursor.empty()) {
    sql += " AND p." + QuoteIdentifier(spec_.stream.cursor[0]) +
           " >= " + Typed(spec_.stream.cursor[0], *position_.from);
  }
  return sql;
}

std::string PgSource::SelectRows() const {
  const std::string order = QuoteList(OrderOfPhase(), "p.");
  const std::string sql = "SELECT " + order + ", " + QuoteList(NamesOf(columns_), "p.") + " FROM " + from_ +
                          " AS p WHERE " + Window() + " ORDER BY ";
  return position_.phase == Phase::kNullKey ? sql + "p::text OFFSET " + std::to_string(position_.skip)
                                            : sql + Ordered(OrderOfPhase());
}

std::string PgSource::SelectChildren(std::size_t child) const {
  const SqlChildSpec& spec = spec_.stream.children[child];
  const std::vector<std::string>& order = OrderOfPhase();
  std::vector<std::string> needed = order;
  std::string on;
  for (const auto& [child_column, parent_column] : spec.on) {
    on += (on.empty() ? "" : " AND ") + ("c." + QuoteIdentifier(child_column)) + " = p." +
          QuoteIdentifier(parent_column);
    if (std::find(needed.begin(), needed.end(), parent_column) == needed.end()) {
      needed.push_back(parent_column);
    }
  }
  const std::string parents = key_is_unique_ ? from_ + " AS p ON " + on + " WHERE " + Window()
                                             : "(SELECT DISTINCT " + QuoteList(needed, "p.") + " FROM " +
                                                   from_ + " AS p WHERE " + Window() + ") AS p ON " + on;
  const std::string child_order = QuoteList(child_states_[child].order, "c.");
  return "SELECT " + QuoteList(order, "p.") + ", " + QuoteList(NamesOf(child_states_[child].columns), "c.") +
         " FROM " + Table(spec.table) + " AS c JOIN " + parents + " ORDER BY " + Ordered(order) +
         (child_order.empty() ? "" : ", " + child_order);
}

std::string PgSource::SelectOrphans(std::size_t child) const {
  const SqlChildSpec& spec = spec_.stream.children[child];
  std::string on;
  for (const auto& [child_column, parent_column] : spec.on) {
    on += (on.empty() ? "" : " AND ") + ("p." + QuoteIdentifier(parent_column)) + " = c." +
          QuoteIdentifier(child_column);
  }
  return "SELECT " + QuoteList(NamesOf(child_states_[child].columns), "c.") + " FROM " + Table(spec.table) +
         " AS c WHERE NOT EXISTS (SELECT 1 FROM " + from_ + " AS p WHERE " + on + ") ORDER BY " +
         QuoteList(spec.key, "c.") + ", c::text OFFSET " + std::to_string(position_.skip);
}

}  // namespace crossbill::connectors
