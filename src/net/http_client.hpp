#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace callboard {

/// Asks other people's HTTP/1.1 servers, any number at once, on one thread of its own. Connections are kept
/// and used again. Proxies that the environment names are ignored, TLS is 1.2 or newer and always verified,
/// and no other scheme than http and https is followed anywhere.
class HttpClient {
  public:
    using milliseconds = std::chrono::milliseconds;
    using Headers = std::vector<std::pair<std::string, std::string>>;

    /// What one request may cost.
    struct Limits {
        milliseconds within = std::chrono::seconds(30);          ///< from send() to the answer's last byte
        milliseconds connect_within = std::chrono::seconds(10);  ///< the name, the connection and TLS
        std::size_t most_body_bytes = 1 << 20;
        std::size_t most_header_bytes = 64 << 10;
        unsigned most_redirects = 0;  ///< 0: a redirect is an answer like any other
    };
    struct Request {
        std::string method = "GET";
        std::string url = {};  ///< `https://crm.example/call?from=…`
        /// With redirects, every server on the way gets them, only Authorization stays with the first.
        Headers headers = {};
        std::string body = {};
        Limits limits = {};
    };
    struct Answer {
        int status = 0;
        Headers headers;  ///< names in lower case; of the last answer, after redirects
        std::string body;

        /// First value; empty when absent.
        std::string_view header(std::string_view lower_case_name) const;
    };
    /// Error `invalid`: the request can never be sent, or the answer exceeds its limits; `denied`: the server
    /// does not prove who it is, or its address is not allowed; `unavailable`: all else. Names the host,
    /// never the query.
    using Done = std::function<void(Result<Answer>)>;
    using Id = std::uint64_t;

    struct Settings {
        std::string authorities = {};  ///< whom to trust (a PEM file); empty: whom the system trusts
        /// Asked for each address that is about to be connected to, after the name was resolved: what a name
        /// points to may change between two looks. On the client's thread. Empty: every address.
        std::function<bool(std::string_view address)> allowed = {};
        std::string agent = "callboard";  ///< User-Agent
        std::size_t most_at_once = 256;   ///< further requests are refused
        std::size_t most_idle = 16;       ///< connections kept without a request
    };

    explicit HttpClient(Settings settings);
    /// Requests under way end with `unavailable`; returns within a second.
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Any thread. `done` is called exactly once, always on the client's thread (not at all when
    /// sent while the client is being destroyed); it must not block or throw, and may call send() and
    /// cancel(). A request whose kept connection turns out to be closed before anything was answered is sent
    /// again on a new one.
    Id send(Request request, Done done);
    /// Any thread. Ends a request that has no answer yet with `unavailable`; one that is over stays so.
    void cancel(Id request);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace callboard
