// People's decisions of documents and the questions that are left to them, over a socket.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "crossbill/v1/document_steward_service.grpc.pb.h"
#include "facade/test_world.h"

namespace crossbill::facade {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Stub = v1::DocumentStewardService::Stub;
using Decision = v1::DocumentDecision;

class DocumentStewardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = world_.StartServer();
    service_ = v1::DocumentStewardService::NewStub(TestWorld::Channel(*server_));
    world_.clock().Set(Timestamp(1'793'440'800'000'000));
    Put("orders/a", v1::Document::ORDER, "customers/x", {"1", "2"});
    Put("orders/b", v1::Document::ORDER, "customers/x", {"3"});
    Put("orders/c", v1::Document::ORDER, "customers/y", {"4"});
    Put("invoices/i", v1::Document::INVOICE, "customers/x", {"5"});
    Put("payments/p", v1::Document::PAYMENT, "customers/x", {"6"});
  }
  v1::UnifiedDocument Put(const std::string& name, v1::Document::Kind kind, const std::string& customer,
                          const std::vector<std::string>& keys) {
    v1::UnifiedDocument document = MakeDocument(name, kind, customer, "2026-01-05", name);
    for (const std::string& key : keys) {
      AddRecord(document, "erp", "docs", key);
    }
    world_.Put(document);
    return document;
  }
  template <class Request>
  grpc::Status Decide(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Decision*),
                      const Request& request) {
    grpc::ClientContext context;
    decision_.Clear();
    world_.clock().Advance(1'000'000);
    return (service_.get()->*method)(&context, request, &decision_);
  }
  template <class Request>
  grpc::Status OnTwo(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Decision*),
                     const std::string& left, const std::string& right) {
    Request request;
    request.set_left(left);
    request.set_right(right);
    return Decide(method, request);
  }
  grpc::Status Same(const std::string& left, const std::string& right) {
    return OnTwo<v1::SameRequest>(&Stub::Same, left, right);
  }
  grpc::Status Different(const std::string& left, const std::string& right) {
    return OnTwo<v1::DifferentRequest>(&Stub::Different, left, right);
  }
  template <class Request>
  grpc::Status OnAllocation(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Decision*),
                            const std::string& document, const std::string& invoice) {
    Request request;
    request.set_document(document);
    request.set_invoice(invoice);
    return Decide(method, request);
  }
  static std::vector<std::string> PairsOf(const Decision& decision) {
    std::vector<std::string> pairs;
    for (const v1::RecordPair& pair : decision.pairs()) {
      pairs.push_back(pair.left().key() + pair.right().key());
    }
    return pairs;
  }
  // "verdict state", the oldest first.
  std::vector<std::string> List(const v1::ListDecisionsRequest& request = {}) {
    grpc::ClientContext context;
    v1::ListDecisionsResponse response;
    const grpc::Status status = service_->ListDecisions(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> found;
    for (const Decision& decision : response.decisions()) {
      found.push_back(Decision::Verdict_Name(decision.verdict()) + " " +
                      Decision::State_Name(decision.state()));
    }
    next_page_ = response.next_page_token();
    return found;
  }

  TestWorld world_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Stub> service_;
  Decision decision_;
  std::string next_page_;
};

TEST_F(DocumentStewardTest, ADocumentIsAllOfItsRecords) {
  v1::SameRequest request;
  request.set_left("orders/a");
  request.set_right("orders/b");
  request.set_reason("the customer wrote so");
  request.set_decided_by("A. Clerk");
  ASSERT_TRUE(Decide(&Stub::Same, request).ok());
  EXPECT_THAT(PairsOf(decision_), ElementsAre("13", "23"));
  EXPECT_EQ(decision_.state(), Decision::HOLDS);
  const auto kept = Must(world_.document_decisions().All());
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].request(), "same orders/a orders/b");
  EXPECT_EQ(kept[0].reason(), "the customer wrote so");
  EXPECT_EQ(kept[0].decided_by(), "A. Clerk");
  EXPECT_EQ(kept[0].decided_at(), world_.clock().Now().ToString());
  EXPECT_EQ(kept[0].state(), Decision::STATE_UNSPECIFIED) << "that is worked out when it is asked for";
}

TEST_F(DocumentStewardTest, EachRecordOnTheLeftGetsItsEvent) {
  ASSERT_TRUE(Same("orders/a", "orders/b").ok());
  const bus::TopicPartition topic{bus::Topics("test", 1).DocumentDecisions(), 0};
  const auto consumer = Must(world_.bus().OpenConsumer("test"));
  ASSERT_TRUE(consumer->Assign({topic}).ok());
  ASSERT_TRUE(consumer->Seek(topic, 0).ok());
  std::vector<std::string> keys;
  const bus::Batch batch = Must(consumer->Poll(10, 0));
  for (const bus::FetchedRecord& fetched : batch.records) {
    keys.emplace_back(fetched.record.key);
  }
  EXPECT_THAT(keys, UnorderedElementsAre("erp/docs/1", "erp/docs/2"));
}

TEST_F(DocumentStewardTest, ARecordIsItselfWhetherItIsThereOrNot) {
  ASSERT_TRUE(Same("erp/docs/2", "crm/new/7/8").ok());
  EXPECT_THAT(PairsOf(decision_), ElementsAre("27/8"));
  EXPECT_EQ(decision_.state(), Decision::NOT_THERE);
  EXPECT_EQ(Same("orders/none", "erp/docs/2").error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(DocumentStewardTest, ARecordLeavesItsDocument) {
  ASSERT_TRUE(Different("orders/a", "erp/docs/2").ok());
  EXPECT_THAT(PairsOf(decision_), ElementsAre("12"));
  EXPECT_EQ(Different("orders/a", "orders/a").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Different("orders/b", "erp/docs/3").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(DocumentStewardTest, SaysWhatStandsInTheWay) {
  ASSERT_TRUE(Same("orders/a", "orders/c").ok());
  EXPECT_EQ(decision_.state(), Decision::TWO_CUSTOMERS);
  ASSERT_TRUE(Different("erp/docs/1", "orders/b").ok());
  ASSERT_TRUE(Same("erp/docs/2", "orders/b").ok());
  EXPECT_EQ(decision_.state(), Decision::OVERRULED) << "the other record is a different document";
  ASSERT_TRUE(Same("erp/docs/1", "orders/b").ok());
  EXPECT_EQ(decision_.state(), Decision::HOLDS) << "nobody says so any more";
  EXPECT_THAT(List(), ElementsAre("SAME TWO_CUSTOMERS", "DIFFERENT OVERRULED", "SAME HOLDS", "SAME HOLDS"));
  v1::ListDecisionsRequest about;
  about.set_document("orders/c");
  EXPECT_THAT(List(about), ElementsAre("SAME TWO_CUSTOMERS"));
}

TEST_F(DocumentStewardTest, PaymentsAndInvoicesOnly) {
  ASSERT_TRUE(OnAllocation<v1::SettleRequest>(&Stub::Settle, "payments/p", "invoices/i").ok());
  EXPECT_EQ(decision_.state(), Decision::HOLDS);
  ASSERT_TRUE(OnAllocation<v1::UnsettleRequest>(&Stub::Unsettle, "erp/docs/6", "erp/docs/5").ok());
  EXPECT_THAT(List(), ElementsAre("SETTLES OVERRULED", "SETTLES_NOT HOLDS"));
  const auto refused = [&](const std::string& document, const std::string& invoice) {
    return OnAllocation<v1::SettleRequest>(&Stub::Settle, document, invoice).error_message();
  };
  EXPECT_THAT(refused("orders/a", "invoices/i"), HasSubstr("no payment and no credit note"));
  EXPECT_THAT(refused("payments/p", "orders/a"), HasSubstr("no invoice"));
  EXPECT_THAT(refused("invoices/i", "invoices/i"), HasSubstr("no payment"));
  EXPECT_THAT(Same("orders/a", "invoices/i").error_message(), HasSubstr("another kind"));
}

TEST_F(DocumentStewardTest, AmountsAreChecked) {
  v1::SettleRequest request;
  request.set_document("payments/p");
  request.set_invoice("invoices/i");
  for (const char* amount : {"0", "-5", "much", ""}) {
    request.mutable_amount()->set_amount(amount);
    EXPECT_THAT(Decide(&Stub::Settle, request).error_message(), HasSubstr("amount.amount")) << amount;
  }
  request.mutable_amount()->set_amount("12.50");
  request.mutable_amount()->set_currency("euros");
  EXPECT_THAT(Decide(&Stub::Settle, request).error_message(), HasSubstr("amount.currency"));
  request.mutable_amount()->set_currency("EUR");
  ASSERT_TRUE(Decide(&Stub::Settle, request).ok());
  EXPECT_EQ(decision_.request(), "settle payments/p invoices/i 12.50 EUR");
  request.set_reason(std::string(5000, 'x'));
  EXPECT_THAT(Decide(&Stub::Settle, request).error_message(), HasSubstr("reason"));
}

TEST_F(DocumentStewardTest, WhatIsUndoneIsKeptAndDoesNotHold) {
  ASSERT_TRUE(Same("orders/a", "orders/b").ok());
  v1::UndoDecisionRequest undo;
  undo.set_name(decision_.name());
  undo.set_decided_by("B. Head");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Decide(&Stub::UndoDecision, undo).ok());
    EXPECT_EQ(decision_.state(), Decision::UNDONE);
    EXPECT_EQ(decision_.undone_by(), "B. Head");
  }
  EXPECT_THAT(List(), IsEmpty());
  v1::ListDecisionsRequest all;
  all.set_undone(true);
  EXPECT_THAT(List(all), ElementsAre("SAME UNDONE"));
  undo.set_name("decisions/none");
  EXPECT_EQ(Decide(&Stub::UndoDecision, undo).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(DocumentStewardTest, ListsComeInPages) {
  for (const char* record : {"1", "2", "3"}) {
    ASSERT_TRUE(Same("orders/c", std::string("erp/docs/") + record).ok());
  }
  v1::ListDecisionsRequest request;
  request.set_page_size(2);
  EXPECT_EQ(List(request).size(), 2u);
  request.set_page_token(next_page_);
  EXPECT_EQ(List(request).size(), 1u);
  EXPECT_EQ(next_page_, "");
}

TEST_F(DocumentStewardTest, TheQueueHasTheLargestAmountFirst) {
  const auto ask = [&](const std::string& name, const std::string& customer, const std::string& open,
                       v1::DocumentLink::State state) {
    v1::UnifiedDocument payment = MakeDocument(name, v1::Document::PAYMENT, customer, "2026-02-01", name);
    AddRecord(payment, "bank", "payments", name);
    payment.mutable_open()->set_amount(open);
    payment.mutable_open()->set_currency("EUR");
    v1::DocumentLink& link = *payment.add_links();
    link.set_document("invoices/i");
    link.set_kind(v1::Document::INVOICE);
    link.set_evidence("one of several");
    link.set_state(state);
    world_.Put(payment);
  };
  ask("payments/small", "customers/x", "9.5", v1::DocumentLink::PROPOSED);
  ask("payments/large", "customers/y", "1000", v1::DocumentLink::PROPOSED);
  ask("payments/sure", "customers/x", "0", v1::DocumentLink::BOOKED);
  v1::ListProposalsRequest request;
  v1::ListProposalsResponse response;
  const auto list = [&] {
    grpc::ClientContext context;
    EXPECT_TRUE(service_->ListProposals(&context, request, &response).ok());
    std::vector<std::string> names;
    for (const v1::AllocationProposal& proposal : response.proposals()) {
      names.push_back(proposal.document());
    }
    return names;
  };
  EXPECT_THAT(list(), ElementsAre("payments/large", "payments/small"));
  EXPECT_EQ(response.total(), 2);
  ASSERT_EQ(response.proposals(0).candidates_size(), 1);
  EXPECT_EQ(response.proposals(0).candidates(0).document(), "invoices/i");
  EXPECT_EQ(response.proposals(0).candidates(0).evidence(), "one of several");
  EXPECT_EQ(response.proposals(0).records(0).system(), "bank");
  world_.Put(MakeCustomer("customers/x", "Hansa"));
  request.set_customer("customers/x");
  EXPECT_THAT(list(), ElementsAre("payments/small"));
}

TEST_F(DocumentStewardTest, EachPairThatMayBeOneIsAskedOnce) {
  const auto near = [&](const std::string& name, const std::string& total,
                        const std::vector<std::string>& others) {
    v1::UnifiedDocument order = MakeDocument(name, v1::Document::ORDER, "customers/x", "2026-02-01", name);
    AddRecord(order, "erp", "docs", name);
    order.mutable_document()->mutable_total()->set_amount(total);
    order.mutable_document()->mutable_total()->set_currency("EUR");
    for (const std::string& other : others) {
      v1::NearMatch& match = *order.add_near_matches();
      match.set_document(other);
      match.set_evidence("the same total, 0 days apart");
    }
    world_.Put(order);
  };
  near("orders/m", "20", {"orders/n", "orders/o"});
  near("orders/n", "20", {"orders/m"});
  near("orders/o", "20", {"orders/m", "orders/p"});
  near("orders/p", "1000", {"orders/o"});
  near("orders/q", "700", {"orders/r"});
  near("orders/r", "700", {"orders/q"});
  v1::ListNearMatchesRequest request;
  v1::ListNearMatchesResponse response;
  const auto list = [&] {
    grpc::ClientContext context;
    EXPECT_TRUE(service_->ListNearMatches(&context, request, &response).ok());
    std::vector<std::string> asked;
    for (const v1::NearMatchQuestion& question : response.questions()) {
      std::string text = question.document().document();
      for (const v1::NearMatchQuestion::Side& candidate : question.candidates()) {
        text += " " + candidate.document() + " " + candidate.total().amount();
      }
      asked.push_back(text);
    }
    return asked;
  };
  EXPECT_THAT(list(), ElementsAre("orders/q orders/r 700", "orders/m orders/n 20 orders/o 20",
                                  "orders/o orders/p 1000"));
  EXPECT_EQ(response.questions(0).candidates(0).evidence(), "the same total, 0 days apart");
  request.set_page_size(2);
  EXPECT_EQ(list().size(), 2u);
  EXPECT_EQ(response.total(), 3);
  request.set_page_token(response.next_page_token());
  EXPECT_THAT(list(), ElementsAre("orders/o orders/p 1000"));
  near("orders/q", "700", {});  // somebody said that they are different
  near("orders/r", "700", {});
  request.clear_page_token();
  EXPECT_THAT(list(), ElementsAre("orders/m orders/n 20 orders/o 20", "orders/o orders/p 1000"));
  request.set_customer("customers/nobody");
  grpc::ClientContext context;
  EXPECT_EQ(service_->ListNearMatches(&context, request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace crossbill::facade
