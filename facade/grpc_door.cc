#include "facade/grpc_door.h"

#include <fmt/format.h>
#include <grpc/support/time.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/support/method_handler.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include <atomic>
#include <chrono>

#include "facade/rpc_error.h"
#include "google/rpc/status.pb.h"

namespace crossbill::facade {
namespace {

// What all services of a door share.
struct Shared {
  const Clock& clock;
  Metrics& metrics;
  StopSignal& stop;
  std::atomic<int> open_streams{0};
};

// INT64_MAX: the caller has set none.
std::int64_t MicrosLeft(const grpc::ServerContext& context) {
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) {
    return INT64_MAX;
  }
  const gpr_timespec left =
      gpr_time_sub(gpr_convert_clock_type(deadline, GPR_CLOCK_MONOTONIC), gpr_now(GPR_CLOCK_MONOTONIC));
  return left.tv_sec * 1'000'000 + left.tv_nsec / 1'000;
}

// The service of a table: registers each method with gRPC as bytes in, bytes out, so that every method is in
// one place.
class TableService final : public grpc::Service {
 public:
  TableService(const ServiceTable& table, Shared& shared) : table_(table), shared_(shared) {
    for (const UnaryMethod& method : table_.unary) {
      paths_.push_back(fmt::format("/{}/{}", table_.name, method.name));
    }
    for (const StreamMethod& method : table_.streams) {
      paths_.push_back(fmt::format("/{}/{}", table_.name, method.name));
    }
    std::size_t path = 0;
    for (const UnaryMethod& method : table_.unary) {
      AddUnary(paths_[path++], method);
    }
    for (const StreamMethod& method : table_.streams) {
      AddStream(paths_[path++], method);
    }
  }

 private:
  void AddUnary(const std::string& path, const UnaryMethod& method) {
    using Handler = grpc::internal::RpcMethodHandler<TableService, grpc::ByteBuffer, grpc::ByteBuffer>;
    AddMethod(new grpc::internal::RpcServiceMethod(
        path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC,
        new Handler(
            [&method](TableService* self, grpc::ServerContext* context, const grpc::ByteBuffer* request,
                      grpc::ByteBuffer* response) {
              return self->ServeUnary(method, *context, *request, *response);
            },
            this)));
  }

  void AddStream(const std::string& path, const StreamMethod& method) {
    using Handler = grpc::internal::ServerStreamingHandler<TableService, grpc::ByteBuffer, grpc::ByteBuffer>;
    AddMethod(new grpc::internal::RpcServiceMethod(
        path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING,
        new Handler(
            [&method](TableService* self, grpc::ServerContext* context, const grpc::ByteBuffer* request,
                      grpc::ServerWriter<grpc::ByteBuffer>* writer) {
              return self->ServeStream(method, *context, *request, *writer);
            },
            this)));
  }

  grpc::Status ServeUnary(const UnaryMethod& method, grpc::ServerContext& server, const grpc::ByteBuffer& in,
                          grpc::ByteBuffer& out) {
    const auto call = [&]() -> Status {
      CROSSBILL_TRY(const std::unique_ptr<Message> request, Parse(*method.new_request(), in));
      CallContext context = ContextOf(server, method.default_ms);
      CROSSBILL_TRY(const std::unique_ptr<Message> response, method.call(*request, context));
      return Write(*response, out);
    };
    return Finish(method.name, call());
  }

  grpc::Status ServeStream(const StreamMethod& method, grpc::ServerContext& server,
                           const grpc::ByteBuffer& in, grpc::ServerWriter<grpc::ByteBuffer>& writer) {
    const auto call = [&]() -> Status {
      CROSSBILL_TRY(const std::unique_ptr<Message> request, Parse(*method.new_request(), in));
      CallContext context = ContextOf(server, 0);
      return method.call(*request, context, [&](const Message& response) {
        grpc::ByteBuffer bytes;
        return Write(response, bytes).ok() && writer.Write(bytes);
      });
    };
    // A stream holds a thread: without a limit the streams would leave none for the other calls.
    const bool room = shared_.open_streams.fetch_add(1) < GrpcDoor::kMaxStreams;
    const Status status =
        room ? call()
             : Error(Code::kLimit, fmt::format("{} streams are open already", GrpcDoor::kMaxStreams));
    shared_.open_streams.fetch_sub(1);
    return Finish(method.name, status);
  }

  static Result<std::unique_ptr<Message>> Parse(const Message& prototype, const grpc::ByteBuffer& in) {
    std::unique_ptr<Message> request(prototype.New());
    grpc::ByteBuffer bytes(in);
    if (bytes.Valid() && bytes.Length() > 0) {
      grpc::ProtoBufferReader reader(&bytes);
      if (!reader.status().ok() || !request->ParseFromZeroCopyStream(&reader)) {
        return Error(Code::kRequestField, fmt::format("the request is no {}", request->GetTypeName()));
      }
    }
    return request;
  }

  static Status Write(const Message& message, grpc::ByteBuffer& out) {
    bool own = false;
    const grpc::Status status = grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(message, &out, &own);
    return status.ok() ? Ok() : Status(Error(Code::kInternal, status.error_message()));
  }

  // default_ms 0: without a deadline where the caller has set none.
  CallContext ContextOf(grpc::ServerContext& server, std::int64_t default_ms) {
    CallContext context;
    context.clock = &shared_.clock;
    context.stop = &shared_.stop;
    context.cancelled = [&server] { return server.IsCancelled(); };
    std::int64_t left = MicrosLeft(server);
    if (left == INT64_MAX && default_ms > 0) {
      left = default_ms * 1000;
    }
    if (left != INT64_MAX) {
      context.deadline_micros = shared_.clock.MonotonicMicros() + left;
    }
    return context;
  }

  grpc::Status Finish(const std::string& method, const Status& status) {
    const grpc::Status answer = status.ok() ? grpc::Status::OK : Answer(status.error());
    const std::string_view code = RpcCodeOf(static_cast<int>(answer.error_code())).name;
    shared_.metrics
        .Get("crossbill_grpc_server_handled_total", "gRPC calls that were answered, by status code.",
             {{"service", table_.name}, {"method", method}, {"code", std::string(code)}})
        .Add();
    return answer;
  }

  // What a server that stops cuts off is worth another try: UNAVAILABLE is the one status that clients repeat
  // by themselves.
  grpc::Status Answer(const Error& error) const {
    google::rpc::Status status = ToRpcStatus(error);
    if (error.code() == Code::kCancelled && shared_.stop.raised()) {
      status.set_code(grpc::StatusCode::UNAVAILABLE);
    }
    return {static_cast<grpc::StatusCode>(status.code()), status.message(), status.SerializeAsString()};
  }

  const ServiceTable& table_;
  Shared& shared_;
  std::vector<std::string> paths_;  // gRPC keeps pointers to their text
};

class GrpcDoorImpl final : public GrpcDoor {
 public:
  GrpcDoorImpl(const Clock& clock, Metrics& metrics, StopSignal& stop) : shared_{clock, metrics, stop} {}
  ~GrpcDoorImpl() override {
    shared_.stop.Raise();
    Close(0);
  }

  Status Start(const std::vector<ServiceTable>& services, const ListenAddress& address, int threads) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();  // also says to the linker that it is needed
    grpc::EnableDefaultHealthCheckService(false);  // ours is in the reflection, gRPC's own is not
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address.Text(), grpc::InsecureServerCredentials(), &port_);
    for (const ServiceTable& service : services) {
      services_.push_back(std::make_unique<TableService>(service, shared_));
      builder.RegisterService(services_.back().get());
    }
    grpc::ResourceQuota quota("crossbill.facade");
    quota.SetMaxThreads(threads + kMaxStreams + 2);
    builder.SetResourceQuota(quota);
    builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, std::max(1, threads));
    builder.SetMaxReceiveMessageSize(static_cast<int>(kMaxMessageBytes));
    // A second server on the same port must fail instead of taking half of the calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 30'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    // Connections are made anew now and then, so that a load balancer can move them.
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 300'000);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 30'000);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return ListenFailed("facade.listen", address);
    }
    return Ok();
  }

  int port() const override { return port_; }

  void Close(std::int64_t grace_ms) override {
    if (server_ == nullptr) {
      return;
    }
    // wall-clock: gRPC's own scale for deadlines
    const auto now = std::chrono::system_clock::now();
    server_->Shutdown(now + std::chrono::milliseconds(grace_ms));
    server_->Wait();
    server_.reset();
  }

 private:
  Shared shared_;
  std::vector<std::unique_ptr<TableService>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

Result<std::unique_ptr<GrpcDoor>> GrpcDoor::Open(const std::vector<ServiceTable>& services,
                                                 const Clock& clock, Metrics& metrics, StopSignal& stop,
                                                 const ListenAddress& address, int threads) {
  auto door = std::make_unique<GrpcDoorImpl>(clock, metrics, stop);
  CROSSBILL_RETURN_IF_ERROR(door->Start(services, address, threads));
  return std::unique_ptr<GrpcDoor>(std::move(door));
}

}  // namespace crossbill::facade
