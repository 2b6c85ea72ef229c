#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "net/socket.hpp"

namespace callboard::test {

/// An answer as a client reads it.
struct HttpAnswer {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

/// A plain client on one connection. Blocks; every wait ends at a deadline, and then says so by an empty
/// result.
class HttpClient {
  public:
    static constexpr std::chrono::milliseconds kPatience{10'000};

    /// Not connected when the server is not there.
    explicit HttpClient(std::uint16_t port, int receive_buffer = 0);

    bool connected() const { return static_cast<bool>(fd_); }
    /// Sends bytes as they are. False: the connection is gone.
    bool send(std::string_view bytes);
    /// Says that nothing more is sent; still reads.
    void end_input();
    void send_get(std::string_view target, std::string_view headers = {});
    /// Closes the connection; what is unread is lost, and the server sees a reset then.
    void close();

    /// The next answer with a Content-Length, or one that ends with the connection.
    std::optional<HttpAnswer> answer(std::chrono::milliseconds within = kPatience);
    /// The head alone of an answer whose body is a stream.
    std::optional<HttpAnswer> head(std::chrono::milliseconds within = kPatience);
    /// Up to and without `end`, which is taken too.
    std::optional<std::string> until(std::string_view end, std::chrono::milliseconds within = kPatience);
    /// Whether reading has come to the end of what the server sends on this connection.
    bool ended() const { return ended_; }
    /// Whatever comes next. Empty at the end of the connection; nothing when nothing came in time.
    std::optional<std::string> some(std::chrono::milliseconds within);
    /// Whether the server closes the connection, whatever it sends before.
    bool closed_by_server(std::chrono::milliseconds within = kPatience);

    std::optional<HttpAnswer> get(std::string_view target, std::string_view headers = {});
    std::optional<HttpAnswer> post(std::string_view target, std::string_view body = {},
                                   std::string_view headers = {});
    /// A request without a body.
    std::optional<HttpAnswer> ask(std::string_view method, std::string_view target,
                                  std::string_view headers = {});

  private:
    using Deadline = std::chrono::steady_clock::time_point;
    enum class Got { bytes, end, nothing };
    Got receive(Deadline deadline);
    std::optional<std::string> take_until(std::string_view end, Deadline deadline);
    std::optional<HttpAnswer> take_head(Deadline deadline);
    /// The body up to its last chunk; nothing when that does not come.
    std::optional<std::string> take_chunks(Deadline deadline);

    Descriptor fd_;
    std::string received_;
    bool ended_ = false;
};

}  // namespace callboard::test
