#include "transforms/linkage/blocks.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "transforms/linkage/linkage_test_support.h"

namespace crossbill::linkage {
namespace {

using Pairs = std::set<std::pair<std::string, std::string>>;

Pairs PairsOf(const Model& model, const Records& records, std::size_t most) {
  const Blocks blocks(model, records, most);
  Pairs pairs;
  for (std::size_t rule = 0; rule < blocks.rules(); ++rule) {
    blocks.VisitPairs(rule, [&](RecordNumber a, RecordNumber b) {
      const auto [left, right] = std::minmax(records.key(a), records.key(b));
      EXPECT_TRUE(pairs.emplace(left, right).second) << left << " and " << right << " meet twice";
    });
  }
  return pairs;
}

std::vector<Person> RandomPeople(std::mt19937& chance, std::size_t n) {
  const std::vector<std::string> given = {"anna", "anne", "bert", "carl"},
                                 family = {"weber", "wang", "sato", ""};
  std::vector<Person> people;
  for (std::size_t i = 0; i < n; ++i) {
    people.push_back({given[chance() % 4], family[chance() % 4],
                      "1970-01-0" + std::to_string(1 + chance() % 9),
                      chance() % 3 == 0 ? "" : "city" + std::to_string(chance() % 3)});
  }
  return people;
}

// By the definition of docs/adr/0017: two records meet under a rule when both share a key whose block is not
// too large, keys being tried from the widest.
Pairs PairsSlowly(const std::vector<Person>& people, std::size_t most) {
  std::vector<std::vector<std::vector<std::string>>> keys;  // of each person, for each rule, widest first
  for (const Person& p : people) {
    std::vector<std::string> names;
    if (!p.family.empty()) {
      names = {p.family, p.family + "|" + p.given.substr(0, 1),
               p.family + "|" + p.given.substr(0, 1) + "|" + p.born};
    }
    keys.push_back({names, p.city.empty() ? std::vector<std::string>()
                                          : std::vector<std::string>{p.born + "|" + p.city}});
  }
  const auto block_size = [&](std::size_t rule, std::size_t level, const std::string& key) {
    return static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), [&](const auto& k) {
      return k[rule].size() > level && k[rule][level] == key;
    }));
  };
  Pairs pairs;
  for (std::size_t a = 0; a < people.size(); ++a) {
    for (std::size_t b = a + 1; b < people.size(); ++b) {
      for (std::size_t rule = 0; rule < 2; ++rule) {
        for (std::size_t level = 0; level < std::min(keys[a][rule].size(), keys[b][rule].size()); ++level) {
          if (keys[a][rule][level] == keys[b][rule][level] &&
              block_size(rule, level, keys[a][rule][level]) <= most) {
            pairs.emplace(std::minmax(std::to_string(a + 1000), std::to_string(b + 1000)));
          }
        }
      }
    }
  }
  return pairs;
}

TEST(BlocksTest, RecordsMeetAsDefinedAndOnce) {
  const Model model = SmallModel();
  std::mt19937 chance(1);
  for (const std::size_t most : {2u, 5u, 12u, 100u}) {
    const std::vector<Person> people = RandomPeople(chance, 60);
    Records records(model);
    for (std::size_t i = 0; i < people.size(); ++i) {
      Add(model, people[i], std::to_string(i + 1000), records);
    }
    const Pairs pairs = PairsOf(model, records, most);
    EXPECT_EQ(pairs, PairsSlowly(people, most)) << most;
    EXPECT_FALSE(pairs.empty());
  }
}

TEST(BlocksTest, TheOrderOfRecordsSaysNothing) {
  const Model model = SmallModel();
  std::mt19937 chance(2);
  std::vector<std::pair<std::string, Person>> people;
  for (const Person& person : RandomPeople(chance, 80)) {
    people.emplace_back(std::to_string(people.size()), person);
  }
  Pairs first;
  for (int i = 0; i < 5; ++i) {
    Records records(model);
    for (const auto& [key, person] : people) {
      Add(model, person, key, records);
    }
    const Pairs pairs = PairsOf(model, records, 10);
    ASSERT_TRUE(i == 0 || pairs == first);
    first = pairs;
    std::shuffle(people.begin(), people.end(), chance);
  }
}

}  // namespace
}  // namespace crossbill::linkage
