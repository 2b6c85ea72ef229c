#include "net/http_client.hpp"

#include <curl/curl.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

#include "base/text.hpp"
#include "net/http_field.hpp"
#include "net/socket.hpp"

namespace callboard {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

struct Free {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    void operator()(char* text) const { curl_free(text); }
};
// Both handles are void* to the compiler.
struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using Multi = std::unique_ptr<CURLM, FreeMulti>;
using List = std::unique_ptr<curl_slist, Free>;

/// `crm.example` or `crm.example:8443`, the only part of a URL that is fit for a message. Error: it cannot be
/// asked.
Result<std::string> host_and_port_of(const std::string& url) {
    const std::unique_ptr<CURLU, Free> parsed(curl_url());
    char* part = nullptr;
    const auto get = [&](CURLUPart which) {
        part = nullptr;
        curl_url_get(parsed.get(), which, &part, 0);
        const std::unique_ptr<char, Free> owner(part);
        return std::string(part == nullptr ? "" : part);
    };
    if (const auto wrong = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0);
        wrong != CURLUE_OK && wrong != CURLUE_UNSUPPORTED_SCHEME)
        return Error{Error::Kind::invalid,
                     std::string("http: the URL cannot be read: ") + curl_url_strerror(wrong)};
    const std::string scheme = get(CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https")
        return Error{Error::Kind::invalid, "http: the URL must begin with http:// or https://"};
    const std::string port = get(CURLUPART_PORT);
    return get(CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

}  // namespace

std::string_view HttpClient::Answer::header(std::string_view name) const {
    for (const auto& [their_name, value] : headers)
        if (their_name == name) return value;
    return {};
}

class HttpClient::Impl {
  public:
    explicit Impl(Settings the_settings) : settings(std::move(the_settings)) {
        static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
        if (kReady == CURLE_OK) multi.reset(curl_multi_init());
        if (!multi) throw std::bad_alloc();
        curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(settings.most_idle));
        thread = std::thread([this] { run(); });
    }
    ~Impl() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        curl_multi_wakeup(multi.get());
        thread.join();
    }

    Id send(Request&& request, Done&& done) {
        Id id = 0;
        {
            const std::lock_guard lock(mutex);
            id = ++last_id;
            if (!stopping) orders.push_back({id, std::move(request), std::move(done)});
        }
        curl_multi_wakeup(multi.get());
        return id;
    }
    void cancel(Id id) {
        {
            const std::lock_guard lock(mutex);
            cancelled.push_back(id);
        }
        curl_multi_wakeup(multi.get());
    }

  private:
    struct Order {
        Id id = 0;
        Request request;
        Done done;
    };
    /// A request under way. libcurl keeps pointers to its members.
    struct Transfer {
        Id id = 0;
        Request request;
        Done done;
        std::string host;
        List headers;
        Answer answer;
        std::size_t header_bytes = 0;
        std::string refused_address;
        bool too_large = false;
        std::array<char, CURL_ERROR_SIZE> why{};
        const Settings* settings = nullptr;
        Easy easy;
    };

    void run() {
        // A broken connection is told by an error, not by a signal that ends the process.
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        while (take_orders()) {
            int running = 0;
            curl_multi_perform(multi.get(), &running);
            finish();
            // Whoever has an order rings; libcurl shortens the wait for its own deadlines.
            curl_multi_poll(multi.get(), nullptr, 0, 60'000, nullptr);
        }
        while (!transfers.empty())
            end(transfers.begin()->first, Error{Error::Kind::unavailable, "http: this side stops"});
    }

    /// False: it is over, and what was ordered last has been refused.
    bool take_orders() {
        std::vector<Order> ordered;
        std::vector<Id> to_cancel;
        bool over = false;
        {
            const std::lock_guard lock(mutex);
            ordered.swap(orders);
            to_cancel.swap(cancelled);
            over = stopping;
        }
        for (auto& order : ordered) {
            auto begun = over ? Error{Error::Kind::unavailable, "http: this side stops"} : begin(order);
            if (!begun) order.done(begun.error());
        }
        for (const Id id : to_cancel) end(id, Error{Error::Kind::unavailable, "http: cancelled"});
        return !over;
    }

    Result<void> begin(Order& order) {
        if (transfers.size() >= settings.most_at_once)
            return Error{Error::Kind::unavailable, "http: too many requests at once"};
        auto host = host_and_port_of(order.request.url);
        if (!host) return host.error();
        auto transfer = std::make_unique<Transfer>();
        transfer->easy.reset(curl_easy_init());
        if (!transfer->easy) return Error{Error::Kind::unavailable, "http: libcurl has no memory"};
        transfer->host = *std::move(host);
        transfer->id = order.id;
        transfer->settings = &settings;
        transfer->request = std::move(order.request);
        if (auto written = write_headers(*transfer); !written) return written;
        configure(*transfer);
        CURL* easy = transfer->easy.get();
        curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer.get());
        if (curl_multi_add_handle(multi.get(), easy) != CURLM_OK)
            return Error{Error::Kind::unavailable, "http: libcurl takes no more requests"};
        transfer->done = std::move(order.done);
        transfers.emplace(order.id, std::move(transfer));
        return {};
    }

    static Result<void> write_headers(Transfer& transfer) {
        const auto add = [&](const std::string& line) {
            curl_slist* longer = curl_slist_append(transfer.headers.get(), line.c_str());
            if (longer == nullptr) return;
            static_cast<void>(transfer.headers.release());
            transfer.headers.reset(longer);
        };
        if (!is_token(transfer.request.method))
            return Error{Error::Kind::invalid, "http: \"" + transfer.request.method + "\" is no method"};
        bool has_type = false;
        for (const auto& [name, value] : transfer.request.headers) {
            if (!is_token(name) || !is_field_value(value))
                return Error{Error::Kind::invalid, "http: the header \"" + name + "\" cannot be sent"};
            has_type = has_type || equals_ignoring_case(name, "Content-Type");
            add(trimmed(value, kBlanks).empty() ? name + ";" : name + ": " + value);
        }
        if (!has_type) add("Content-Type:");  // or libcurl calls every body a form
        add("Expect:");                       // nor is there anything to wait for
        return {};
    }

    static void configure(Transfer& transfer) {
        CURL* easy = transfer.easy.get();
        const Request& request = transfer.request;
        const auto milliseconds_of = [](milliseconds time) {
            return static_cast<long>(
                std::max<milliseconds::rep>(time.count(), 1));  // 0 means for ever to libcurl
        };
        curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers.get());
        if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        if (request.method == "POST" || !request.body.empty()) {
            curl_easy_setopt(easy, CURLOPT_POST, 1L);
            curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
            curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        }
        if (request.method != "GET" && request.method != "POST" && request.method != "HEAD")
            curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        curl_easy_setopt(easy, CURLOPT_USERAGENT, transfer.settings->agent.c_str());
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds_of(request.limits.within));
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds_of(request.limits.connect_within));
        curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE,
                         static_cast<curl_off_t>(request.limits.most_body_bytes));
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request.limits.most_redirects > 0 ? 1L : 0L);
        curl_easy_setopt(easy, CURLOPT_MAXREDIRS, static_cast<long>(request.limits.most_redirects));
        // A redirect never leads from TLS to plain text.
        const bool encrypted = equals_ignoring_case(std::string_view(request.url).substr(0, 6), "https:");
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, encrypted ? "https" : "http,https");
        curl_easy_setopt(easy, CURLOPT_PROXY, "");  // whatever the environment says
        curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (!transfer.settings->authorities.empty()) {
            curl_easy_setopt(easy, CURLOPT_CAINFO, transfer.settings->authorities.c_str());
            curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
        }
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a name that is being looked up holds nobody
        curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.why.data());
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
        curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_header);
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    }

    static curl_socket_t open_socket(void* data, curlsocktype, curl_sockaddr* wanted) {
        auto& transfer = *static_cast<Transfer*>(data);
        if (const auto& allowed = transfer.settings->allowed) {
            SocketAddress address;
            address.length = std::min<socklen_t>(wanted->addrlen, sizeof address.storage);
            std::memcpy(&address.storage, &wanted->addr, address.length);
            const std::string host = address.host();
            if (!allowed(host)) {
                transfer.refused_address = host;
                return CURL_SOCKET_BAD;
            }
        }
        return ::socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
    }

    static std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* data) {
        auto& transfer = *static_cast<Transfer*>(data);
        const std::string_view line(bytes, count);
        transfer.header_bytes += count;
        transfer.too_large = transfer.header_bytes > transfer.request.limits.most_header_bytes;
        if (transfer.too_large) return 0;
        if (line.starts_with("HTTP/"))
            transfer.answer.headers.clear();  // an interim answer, or a redirect, was before
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos)
            transfer.answer.headers.emplace_back(lowered(std::string(line.substr(0, colon))),
                                                 trimmed(line.substr(colon + 1), kBlanks));
        return count;
    }

    static std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* data) {
        auto& transfer = *static_cast<Transfer*>(data);
        transfer.too_large = count > transfer.request.limits.most_body_bytes - transfer.answer.body.size();
        if (transfer.too_large) return 0;
        transfer.answer.body.append(bytes, count);
        return count;
    }

    /// Hands over the answers that have come in whole, and what went wrong.
    void finish() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const CURLcode code = message->data.result;
            Transfer* of = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &of);
            Transfer& transfer = *of;
            if (code != CURLE_OK) {
                end(transfer.id, trouble(transfer, code));
                continue;
            }
            long status = 0;
            curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
            transfer.answer.status = static_cast<int>(status);
            end(transfer.id, std::move(transfer.answer));
        }
    }

    static Error trouble(const Transfer& transfer, CURLcode code) {
        const std::string where = "http: " + transfer.host + ": ";
        if (transfer.too_large || code == CURLE_FILESIZE_EXCEEDED)
            return {Error::Kind::invalid, where + "the answer is larger than allowed"};
        if (!transfer.refused_address.empty() && code == CURLE_COULDNT_CONNECT)
            return {Error::Kind::denied,
                    where + "its address " + transfer.refused_address + " is not allowed"};
        const std::string why = transfer.why[0] == '\0' ? curl_easy_strerror(code) : transfer.why.data();
        if (code == CURLE_PEER_FAILED_VERIFICATION) return {Error::Kind::denied, where + why};
        const bool never = code == CURLE_URL_MALFORMAT || code == CURLE_TOO_MANY_REDIRECTS ||
                           code == CURLE_SSL_CACERT_BADFILE;
        return {never ? Error::Kind::invalid : Error::Kind::unavailable, where + why};
    }

    /// Nothing when it is over already.
    void end(Id id, Result<Answer> outcome) {
        const auto found = transfers.find(id);
        if (found == transfers.end()) return;
        const auto transfer = std::move(found->second);
        transfers.erase(found);
        curl_multi_remove_handle(multi.get(), transfer->easy.get());
        transfer->done(std::move(outcome));
    }

    const Settings settings;
    Multi multi;  // curl_multi_wakeup() may be called by any thread
    std::thread thread;

    std::mutex mutex;
    // Guarded by mutex.
    std::vector<Order> orders;
    std::vector<Id> cancelled;
    Id last_id = 0;
    bool stopping = false;

    // Of the client's thread.
    std::map<Id, std::unique_ptr<Transfer>> transfers;
};

HttpClient::HttpClient(Settings settings) : impl_(std::make_unique<Impl>(std::move(settings))) {}
HttpClient::~HttpClient() = default;

HttpClient::Id HttpClient::send(Request request, Done done) {
    return impl_->send(std::move(request), std::move(done));
}
void HttpClient::cancel(Id request) { impl_->cancel(request); }

}  // namespace callboard
