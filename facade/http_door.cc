#include "facade/http_door.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include "facade/http_page.h"

namespace crossbill::facade {
namespace {

constexpr int kIdleSeconds = 5;
// A connection that is kept open holds a thread, and browsers keep six.
constexpr int kLeastThreads = 16;

void ReuseAddressOnly(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

void Fill(const HttpReply& reply, httplib::Response& response) {
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) {
    response.set_header(name.c_str(), value);
  }
  if (!reply.content_type.empty()) {
    response.set_content(reply.body, reply.content_type.c_str());
  }
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Cache-Control", "no-store");
}

HttpReply Text(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text), {}};
}

class HttpDoorImpl final : public HttpDoor {
 public:
  explicit HttpDoorImpl(const Parts& parts) : parts_(parts) {}

  ~HttpDoorImpl() override {
    server_.stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  Status Start(const ListenAddress& address) {
    server_.new_task_queue = [threads = std::max(kLeastThreads, parts_.threads)] {
      return new httplib::ThreadPool(static_cast<std::size_t>(threads));
    };
    server_.set_payload_max_length(kMaxMessageBytes);
    server_.set_keep_alive_timeout(kIdleSeconds);
    server_.set_read_timeout(kIdleSeconds);
    server_.set_write_timeout(kIdleSeconds);
    server_.set_tcp_nodelay(true);
    server_.set_socket_options(ReuseAddressOnly);  // httplib would share the port with another process
    server_.set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
          Fill(ConnectError(Error(Code::kInternal, "the call failed inside of the HTTP server")), response);
        });
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return CheckHead(request, response);
    });
    AddRoutes();
    try {
      if (address.port == 0) {
        port_ = server_.bind_to_any_port(address.host);
      } else {
        port_ = server_.bind_to_port(address.host, address.port) ? address.port : -1;
      }
      if (port_ <= 0) {
        return ListenFailed("facade.http", address);
      }
      thread_ = std::thread([this] { server_.listen_after_bind(); });
      while (!server_.is_running()) {
        std::this_thread::yield();
      }  // stop() before that would be lost
    } catch (const std::exception& failed) {
      return Error(Code::kListen, fmt::format("cannot serve {}: {}", address.Text(), failed.what()),
                   "facade.http");
    }
    return Ok();
  }

  int port() const override { return port_; }

 private:
  using Handled = httplib::Server::HandlerResponse;

  // Before the body is read.
  static Handled CheckHead(const httplib::Request& request, httplib::Response& response) {
    // A page of another site must not reach us through a name of its own that leads to this machine.
    if (request.has_header("Host") && !IsLoopbackHost(HostOf(request.get_header_value("Host")))) {
      Fill(Text(421, "This server answers to localhost, 127.0.0.1 and [::1] only.\n"), response);
      return Handled::Handled;
    }
    // httplib would unpack it without a limit.
    const std::string coding = request.get_header_value("Content-Encoding");
    if (!coding.empty() && coding != "identity") {
      Fill(ConnectError(Error(Code::kUnimplementedMethod,
                              "compressed requests are not taken: send the body as it is",
                              "content-encoding")),
           response);
      return Handled::Handled;
    }
    return Handled::Unhandled;
  }

  void AddRoutes() {
    server_.Get("/livez", [](const httplib::Request&, httplib::Response& response) {
      Fill(Text(200, "ok"), response);
    });
    server_.Get("/readyz", [this](const httplib::Request& request, httplib::Response& response) {
      Fill(ReadinessReply(parts_.readiness(), request.has_param("verbose")), response);
    });
    server_.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      Fill({200, "text/plain; version=0.0.4; charset=utf-8", parts_.metrics->ToPrometheusText(), {}},
           response);
    });
    server_.Get("/", [](const httplib::Request&, httplib::Response& response) {
      Fill({200,
            "text/html; charset=utf-8",
            std::string(HttpPage()),
            {{"Content-Security-Policy",
              "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src "
              "'self'"}}},
           response);
    });
    const auto call = [this](const httplib::Request& request, httplib::Response& response) {
      Fill(parts_.connect->Serve(ToRequest(request)), response);
    };
    server_.Post(R"(/[^/]+/[^/]+)", call);
    server_.Get(R"(/[^/]+/[^/]+)", call);
    server_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty() || response.status == 405 || response.status == 415) {
        return;
      }
      if (response.status == 404) {
        return Fill(Text(404, "Nothing here. See / for what is.\n"), response);
      }
      if (response.status == 413) {
        HttpReply reply = ConnectError(
            Error(Code::kLimit, fmt::format("the body is larger than {} bytes", kMaxMessageBytes)));
        reply.status = 413;
        Fill(reply, response);
      }
    });
  }

  static HttpRequest ToRequest(const httplib::Request& from) {
    HttpRequest request;
    request.method = from.method;
    request.path = from.path;
    for (const auto& [name, value] : from.params) {
      request.query.emplace(name, value);
    }
    request.header = [&from](std::string_view name) {
      return from.get_header_value(std::string(name).c_str());
    };
    request.body = from.body;
    return request;
  }

  Parts parts_;
  httplib::Server server_;
  std::thread thread_;
  int port_ = 0;
};

}  // namespace

Result<std::unique_ptr<HttpDoor>> HttpDoor::Open(const Parts& parts, const ListenAddress& address) {
  auto door = std::make_unique<HttpDoorImpl>(parts);
  CROSSBILL_RETURN_IF_ERROR(door->Start(address));
  return std::unique_ptr<HttpDoor>(std::move(door));
}

}  // namespace crossbill::facade
