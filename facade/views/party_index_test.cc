// The index of parties against a slow reference: who meets, by the definition, among all records; through
// changes, deletions and another comparer, after which nothing is left behind.
#include "facade/views/party_index.h"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

#include "bus/memory/memory_bus.h"
#include "bus/topic_specs.h"
#include "facade/views/party_entries.h"
#include "facade/views/test_comparer.h"
#include "facade/views/test_views.h"
#include "transforms/identity/judged.h"

namespace crossbill::facade {
namespace {

using ::testing::IsEmpty;
using transforms::CleanedPtr;
using transforms::Comparer;
using Random = std::mt19937;
using Names = std::set<std::string>;

// Percent of the persons asked for who weigh enough, wherever they meet: blocks are bounded.
constexpr std::size_t kLeastRecall = 95;

const std::vector<std::string> kGiven = {"anna", "berta", "carl", "dora", "emil", "frieda", "georg", "hanna"};
const std::vector<std::string> kFamily = {"huber", "maier", "schmid", "fischer", "weber", "wagner", "becker"};
const std::vector<std::string> kEndings = {"",      "mann",   "eder",  "bach", "stein",
                                           "hofer", "berger", "moser", "le",   "inger"};

std::string OneOf(Random& chance, const std::vector<std::string>& values) {
  return values[chance() % values.size()];
}

// Persons of one small town, where many blocks are too large, or of a whole country.
enum class Where { kTown, kCountry };

v1::Party MakePerson(Random& chance, Where where = Where::kTown) {
  v1::Party party;
  party.set_given_name(OneOf(chance, kGiven));
  party.set_family_name(OneOf(chance, kFamily) + OneOf(chance, kEndings));
  party.set_name(party.given_name() + " " + party.family_name());
  party.set_born_on("19" + std::to_string(50 + chance() % 40) + "-0" + std::to_string(1 + chance() % 9) +
                    "-1" + std::to_string(chance() % 9));
  party.add_phones("+49 731 " + std::to_string(5'000'000 + chance() % 900'000));
  v1::Address& address = *party.add_addresses();
  address.set_street("Weg " + std::to_string(chance() % 90));
  address.set_city(where == Where::kTown ? "ulm" : OneOf(chance, kFamily) + OneOf(chance, kEndings) + "dorf");
  address.set_postal_code(where == Where::kTown ? "890" + std::to_string(70 + chance() % 9)
                                                : std::to_string(10'000 + chance() % 80'000));
  return party;
}

// The same person, typed in again.
v1::Party TypedAgain(v1::Party party, Random& chance) {
  if (chance() % 2 == 0) {
    party.set_family_name(party.family_name().substr(1));
  }
  if (chance() % 3 == 0) {
    party.clear_phones();
  }
  if (chance() % 3 == 0) {
    party.set_born_on("1955-05-05");
  }
  if (chance() % 4 == 0) {
    party.mutable_addresses(0)->set_city("neu-ulm");
  }
  if (chance() % 2 == 0) {
    party.set_given_name(party.given_name().substr(0, 1));
  }
  party.set_name(party.given_name() + " " + party.family_name());
  return party;
}

// Everything in memory, and every record looked at.
class Reference {
 public:
  explicit Reference(const Comparer& comparer) : comparer_(comparer) {}
  void Put(const std::string& record, const v1::Party& party) { records_[record] = comparer_.Clean(party); }
  void Remove(const std::string& record) { records_.erase(record); }
  std::size_t size() const { return records_.size(); }

  // Who weighs enough, wherever they meet.
  Names Alike(const v1::Party& party) const {
    const CleanedPtr probe = comparer_.Clean(party);
    Names alike;
    for (const auto& [record, cleaned] : records_) {
      if (comparer_.Compare(*probe, *cleaned).weight >= comparer_.rules().review) {
        alike.insert(record);
      }
    }
    return alike;
  }
  // Who meets it in a block that is not too large.
  Names Met(const v1::Party& party) const {
    const CleanedPtr probe = comparer_.Clean(party);
    Names all, met;
    for (const auto& [record, cleaned] : records_) {
      all.insert(record);
    }
    for (std::size_t rule = 0; rule < comparer_.BlockingRules(); ++rule) {
      AddMet(*probe, rule, 0, 0, all, met);
    }
    return met;
  }

 private:
  std::vector<std::uint64_t> KeysOf(const transforms::Cleaned& party, std::size_t rule, std::size_t level,
                                    std::uint64_t key) const {
    std::vector<std::uint64_t> keys;
    comparer_.AppendKeys(party, rule, level, key, keys);
    return keys;
  }
  void AddMet(const transforms::Cleaned& probe, std::size_t rule, std::size_t level, std::uint64_t above,
              const Names& among, Names& met) const {
    for (const std::uint64_t key : KeysOf(probe, rule, level, above)) {
      Names block;
      for (const std::string& record : among) {
        const auto keys = KeysOf(*records_.at(record), rule, level, above);
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
          block.insert(record);
        }
      }
      if (block.size() <= comparer_.MostInBlock(rule)) {
        met.insert(block.begin(), block.end());
      } else if (level + 1 < comparer_.KeysOfRule(rule)) {
        AddMet(probe, rule, level + 1, key, block, met);
      }
    }
  }

  const Comparer& comparer_;
  std::map<std::string, CleanedPtr> records_;
};

Names Found(Views& views, const v1::Party& party) {
  const PartyIndex& index = *views.parties();
  Names found;
  for (const Likeness& likeness : Must(index.Find(*index.comparer().Clean(party)))) {
    EXPECT_TRUE(found.insert(likeness.record).second) << "each once";
  }
  return found;
}

Names Both(const Names& a, const Names& b) {
  Names both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

// All entries of the index.
std::vector<std::string> EntriesIn(const std::string& path) {
  const auto store = Must(Store::Open(path, true));
  std::vector<std::string> entries;
  for (const char* space : {"B", "O"}) {
    EXPECT_TRUE(store
                    ->Scan(space, "",
                           [&](std::string_view key, std::string_view value) {
                             entries.push_back(std::string(key) + "=" + std::string(value));
                             return true;
                           })
                    .ok());
  }
  return entries;
}

std::string RecordOf(std::size_t number) { return "crm/people/" + std::to_string(number); }

class PartyIndexTest : public ::testing::TestWithParam<bool> {
 protected:
  std::shared_ptr<const Comparer> comparer_ =
      GetParam() ? PackagedComparer("person")
                 : std::shared_ptr<const Comparer>(transforms::MakeJudged(600, "DE"));
};
INSTANTIATE_TEST_SUITE_P(ByModelAndByJudgement, PartyIndexTest, ::testing::Bool());

using Persons = std::map<std::string, v1::Party>;  // by record

// Many records, of which some come again in another version, and some go.
Persons Fill(TestViews& world, Reference& reference, Random& chance, Where where) {
  std::vector<v1::Party> persons;
  Persons there;
  for (std::size_t i = 0; i < 1'200; ++i) {
    persons.push_back(i > 50 && chance() % 4 == 0 ? TypedAgain(persons[chance() % i], chance)
                                                  : MakePerson(chance, where));
    const std::string record = RecordOf(chance() % 8 == 0 ? chance() % (i + 1) : i);
    world.PutParty(record, persons.back());
    reference.Put(record, persons.back());
    there[record] = persons.back();
    if (chance() % 10 == 0) {
      const std::string gone = RecordOf(chance() % (i + 1));
      world.RemoveParty(gone);
      reference.Remove(gone);
      there.erase(gone);
    }
    if (i % 300 == 299) {
      world.Reopen();
    }
  }
  return there;
}

TEST_P(PartyIndexTest, FindsWhoMeetsAndWeighsEnough) {
  for (const std::uint32_t seed : {1u, 2u, 3u, 4u}) {
    SCOPED_TRACE(seed);
    const Where where = seed % 2 == 0 ? Where::kTown : Where::kCountry;
    Random chance(seed);
    TestViews world(comparer_);
    Reference reference(*comparer_);
    const Persons persons = Fill(world, reference, chance, where);
    std::size_t alike = 0, found_of_them = 0;
    for (int question = 0; question < 60; ++question) {
      const auto& [record, person] = *std::next(persons.begin(), chance() % persons.size());
      const v1::Party asked = TypedAgain(person, chance);
      const Names found = Found(world.views(), asked), all = reference.Alike(asked);
      ASSERT_EQ(found, Both(all, reference.Met(asked)));
      alike += all.contains(record) ? 1 : 0;
      found_of_them += found.contains(record) ? 1 : 0;
    }
    EXPECT_GT(alike, 30u);
    if (where == Where::kCountry) {
      EXPECT_GE(found_of_them * 100, alike * kLeastRecall) << found_of_them << " of " << alike;
    }
  }
}

TEST_P(PartyIndexTest, LeavesNothingOfWhatGoes) {
  Random chance(4);
  TestViews world(comparer_);
  for (std::size_t i = 0; i < 100; ++i) {
    world.PutParty(RecordOf(i % 40), MakePerson(chance));
  }
  EXPECT_GT(EntriesIn(world.path()).size(), 100u);
  for (std::size_t i = 0; i < 40; ++i) {
    world.RemoveParty(RecordOf(i));
  }
  EXPECT_THAT(EntriesIn(world.path()), IsEmpty());
  ASSERT_TRUE(world.views().Scrub([](std::string_view) { return false; }).ok());
  EXPECT_EQ(Must(world.views().parties()->Get(RecordOf(1))), nullptr);
}

// A forgotten record goes from its topic without a deletion.
TEST_P(PartyIndexTest, LeavesNothingOfWhoIsForgotten) {
  Random chance(6);
  TestViews world(comparer_);
  const v1::Party kept = MakePerson(chance);
  world.PutParty(RecordOf(0), kept);
  const auto alone = EntriesIn(world.path());
  for (std::size_t i = 1; i < 20; ++i) {
    world.PutParty(RecordOf(i), MakePerson(chance));
  }
  ASSERT_NE(EntriesIn(world.path()), alone);
  const std::string stays = RecordOf(0);
  ASSERT_TRUE(world.views().Scrub([&](std::string_view record) { return record != stays; }).ok());
  EXPECT_EQ(EntriesIn(world.path()), alone);
}

TEST_P(PartyIndexTest, IsTheSameWhateverTheOrder) {
  Random chance(5);
  std::map<std::string, v1::Party> newest;
  TestViews one(comparer_), other(comparer_);
  for (std::size_t i = 0; i < 300; ++i) {
    const std::string record = RecordOf(chance() % 100);
    const v1::Party party = MakePerson(chance);
    one.PutParty(record, party);
    newest[record] = party;
  }
  for (auto at = newest.rbegin(); at != newest.rend(); ++at) {
    other.PutParty(at->first, at->second);
  }
  EXPECT_EQ(EntriesIn(one.path()), EntriesIn(other.path()));
}

TEST(PartyIndexOfViewsTest, AnOlderVersionChangesNothing) {
  const auto comparer = PackagedComparer("person");
  TestFolder folder;
  const auto store = Must(Store::Open(folder.path(), false));
  const PartyIndex index(*store, *comparer);
  Random chance(6);
  const v1::Party older = MakePerson(chance), newer = MakePerson(chance);
  StoreBatch batch(*store);
  EXPECT_TRUE(Must(index.Put(batch, RecordOf(1), 7, newer)));
  EXPECT_TRUE(Must(index.Put(batch, RecordOf(1), 6, older)));
  ASSERT_TRUE(batch.Commit().ok());
  const CleanedPtr kept = Must(index.Get(RecordOf(1)));
  EXPECT_EQ(comparer->Encode(*kept), comparer->Encode(*comparer->Clean(newer)));
}

TEST(PartyIndexOfViewsTest, IsMadeAnewForAnotherComparerAndTakenAwayWithoutOne) {
  const bus::Topics topics("crossbill", 2);
  const auto bus = bus::MakeMemoryBus();
  ASSERT_TRUE(bus->CreateTopics(bus::SpecsOf(topics)).ok());
  Random chance(7);
  const v1::Party party = MakePerson(chance);
  const auto producer = Must(bus->OpenProducer("test"));
  ASSERT_TRUE(producer->Begin().ok());
  const std::string value = party.SerializeAsString();
  ASSERT_TRUE(producer->Send(topics.Source("party"), -1, {RecordOf(1), value, {}, 0}).ok());
  ASSERT_TRUE(producer->Commit().ok());
  TestViews world(PackagedComparer("person"));
  const auto read_all = [&] {
    const auto updater = Must(ViewUpdater::Open(*bus, topics, world.views()));
    while (Must(updater->Step(0)) > 0) {
    }
  };
  read_all();
  EXPECT_EQ(Found(world.views(), party), Names{RecordOf(1)});
  world.Reopen();
  EXPECT_EQ(Found(world.views(), party), Names{RecordOf(1)}) << "a restart reads nothing again";
  world.Reopen(PackagedComparer("person", "another"));
  EXPECT_THAT(Found(world.views(), party), IsEmpty());
  read_all();
  EXPECT_EQ(Found(world.views(), party), Names{RecordOf(1)});
  EXPECT_EQ(Must(Views::Open(world.path(), true, PackagedComparer("person")))->parties(), nullptr)
      << "who reads beside it with another one has none";
  world.Reopen(nullptr);
  EXPECT_EQ(world.views().parties(), nullptr);
  EXPECT_THAT(EntriesIn(world.path()), IsEmpty());
  read_all();
  EXPECT_THAT(EntriesIn(world.path()), IsEmpty());
}

}  // namespace
}  // namespace crossbill::facade
