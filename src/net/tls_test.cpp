#include "net/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <thread>

#include "net/http_server.hpp"
#include "net/tcp_stream.hpp"
#include "net/tls_client.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

/// A client that speaks TLS on a blocking socket.
class LenientClient {
  public:
    explicit LenientClient(std::uint16_t port, int highest = TLS1_3_VERSION)
        : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free), session_(nullptr, SSL_free) {
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_.get(), highest);
        SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
        session_.reset(SSL_new(context_.get()));
        auto address = parse_address("127.0.0.1:0");
        address->set_port(port);
        socket_ = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const timeval patience{10, 0};
        setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        connected_ = ::connect(socket_.get(), address->raw(), address->length) == 0;
        SSL_set_fd(session_.get(), socket_.get());
        static constexpr std::array<unsigned char, 9> kHttp = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
        SSL_set_alpn_protos(session_.get(), kHttp.data(), kHttp.size());
    }
    bool handshake() { return connected_ && SSL_connect(session_.get()) == 1; }
    std::string version() const { return SSL_get_version(session_.get()); }
    std::string protocol() const {
        const unsigned char* chosen = nullptr;
        unsigned length = 0;
        SSL_get0_alpn_selected(session_.get(), &chosen, &length);
        return {reinterpret_cast<const char*>(chosen), length};
    }
    std::string common_name() const {
        X509* certificate = SSL_get0_peer_certificate(session_.get());
        std::array<char, 100> name{};
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                                  name.size());
        return name.data();
    }
    void send(std::string_view bytes) {
        SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
    }
    /// Everything up to the end.
    std::string rest() {
        std::string all;
        std::array<char, 4096> part{};
        int count = 0;
        while ((count = SSL_read(session_.get(), part.data(), part.size())) > 0)
            all.append(part.data(), static_cast<std::size_t>(count));
        clean_end_ = SSL_get_error(session_.get(), count) == SSL_ERROR_ZERO_RETURN;
        return all;
    }
    /// Whether the server said that this is the end.
    bool clean_end() const { return clean_end_; }

  private:
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    std::unique_ptr<SSL, void (*)(SSL*)> session_;
    Descriptor socket_;
    bool connected_ = false;
    bool clean_end_ = false;
};

class TlsTest : public testing::TestWithParam<Reactor::Moving> {
  protected:
    TlsTest() : reactor_(clock_, GetParam()) {
        test::write_certificate("first.example", certificate(), key());
        auto tls = TlsContext::load(certificate(), key());
        EXPECT_TRUE(tls) << tls.error().what;
        tls_ = *std::move(tls);
        HttpServer::Settings settings;
        settings.listen = {"127.0.0.1:0"};
        settings.tls = tls_;
        server_ = *HttpServer::listen(
            {&reactor_}, settings,
            [this](Reactor&, const HttpRequest&, const Exchange& exchange) {
                exchange->respond({200, {}, std::string(size_, 'x')});
            },
            metrics_);
        port_ = parse_address(server_->addresses().at(0))->port();
        thread_ = std::thread([this] { reactor_.run(); });
    }
    ~TlsTest() override {
        server_->stop(milliseconds(100));
        reactor_.stop();
        thread_.join();
    }
    std::string certificate() const { return directory_.path() / "tls.crt"; }
    std::string key() const { return directory_.path() / "tls.key"; }

    const test::TemporaryDirectory directory_;
    SystemClock clock_;
    Metrics metrics_;
    Reactor reactor_;
    std::shared_ptr<TlsContext> tls_;
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
    std::uint16_t port_ = 0;
    std::size_t size_ = 10;
};

constexpr const char* kLastRequest = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST_P(TlsTest, AnswersOverTlsAndSaysWhereItEnds) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        LenientClient client(port_, version);
        ASSERT_TRUE(client.handshake());
        EXPECT_EQ(client.version(), version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
        EXPECT_EQ(client.protocol(), "http/1.1");
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        client.send(kLastRequest);
        const std::string answers = client.rest();
        EXPECT_THAT(answers, StartsWith("HTTP/1.1 200 OK\r\n"));
        EXPECT_THAT(answers, HasSubstr("xxxxxxxxxxHTTP/1.1 200 OK\r\n"));
        EXPECT_TRUE(client.clean_end());
    }
}

TEST_P(TlsTest, LargeAnswersComeWhole) {
    size_ = 5 << 20;
    LenientClient client(port_);
    ASSERT_TRUE(client.handshake());
    client.send(kLastRequest);
    const std::string answer = client.rest();
    EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, size_);
    EXPECT_TRUE(client.clean_end());
}

TEST_P(TlsTest, RefusesWhatIsOlderThan12) {
    LenientClient client(port_, TLS1_1_VERSION);
    EXPECT_FALSE(client.handshake());
}

TEST_P(TlsTest, PlainBytesHarmNobody) {
    test::HttpClient plain(port_);
    plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(plain.closed_by_server());
    LenientClient client(port_);
    ASSERT_TRUE(client.handshake());
}

TEST_P(TlsTest, ANewCertificateIsForNewConnections) {
    LenientClient before(port_);
    ASSERT_TRUE(before.handshake());
    EXPECT_EQ(before.common_name(), "first.example");
    test::write_certificate("second.example", certificate(), key());
    ASSERT_TRUE(tls_->reload());
    LenientClient after(port_);
    ASSERT_TRUE(after.handshake());
    EXPECT_EQ(after.common_name(), "second.example");
    before.send(kLastRequest);
    EXPECT_THAT(before.rest(), StartsWith("HTTP/1.1 200 OK\r\n")) << "those who are connected stay so";
}

TEST_P(TlsTest, AWrongCertificateChangesNothingAndIsToldPlainly) {
    const test::TemporaryDirectory other;
    test::write_certificate("other.example", other.path() / "crt", key());
    const auto mismatched = tls_->reload();
    ASSERT_FALSE(mismatched);
    EXPECT_THAT(mismatched.error().what, HasSubstr(key()));
    LenientClient client(port_);
    ASSERT_TRUE(client.handshake());
    EXPECT_EQ(client.common_name(), "first.example");
    const auto missing = TlsContext::load("/nowhere/tls.crt", key());
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().what, HasSubstr("/nowhere/tls.crt"));
}

/// What a server on `port` says to a request of our own client, or why there was none.
Result<std::string> ask(std::uint16_t port, const std::string& host, const std::string& authorities) {
    auto stream = TcpStream::connect("127.0.0.1:" + std::to_string(port), milliseconds(10'000), -1);
    if (!stream) return stream.error();
    auto client = TlsClient::to(host, authorities);
    if (!client) return client.error();
    std::string said;
    std::string to_send = client->begin().to_send;
    for (bool asked = false;;) {
        if (auto sent = stream->send(to_send, milliseconds(10'000)); !sent) return sent.error();
        if (client->ready() && !std::exchange(asked, true)) {
            to_send = client->encrypted(kLastRequest);
            continue;
        }
        const auto part = stream->read(milliseconds(10'000));
        if (part.outcome == TcpStream::Outcome::silent) return Error{Error::Kind::unavailable, "silence"};
        if (part.outcome == TcpStream::Outcome::ended) return said;
        auto step = client->take(part.bytes);
        if (!step) return step.error();
        said += step->plain;
        if (step->ended) return said;
        to_send = std::move(step->to_send);
    }
}

TEST_P(TlsTest, OurClientTrustsWhomItsAuthoritiesVouchFor) {
    const auto by_name = ask(port_, "first.example", certificate());
    ASSERT_TRUE(by_name) << by_name.error().what;
    EXPECT_THAT(*by_name, StartsWith("HTTP/1.1 200 OK\r\n"));
    const auto by_address = ask(port_, "127.0.0.1", certificate());
    ASSERT_TRUE(by_address) << by_address.error().what;
}

TEST_P(TlsTest, OurClientTrustsNobodyElse) {
    const auto unknown = ask(port_, "first.example", "");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, Error::Kind::denied);
    EXPECT_THAT(unknown.error().what, HasSubstr("first.example does not prove who it is"));
    const auto another = ask(port_, "second.example", certificate());
    ASSERT_FALSE(another);
    EXPECT_EQ(another.error().kind, Error::Kind::denied);
    const auto missing = ask(port_, "first.example", "/nowhere");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().what, HasSubstr("/nowhere"));
}

TEST_P(TlsTest, OurClientTellsWhatIsNoTls) {
    auto client = TlsClient::to("first.example", certificate());
    ASSERT_TRUE(client);
    EXPECT_FALSE(client->begin().to_send.empty());
    const auto step = client->take("HTTP/1.1 400 Bad Request\r\n\r\n");
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().kind, Error::Kind::unavailable);
    EXPECT_FALSE(client->ready());
}

INSTANTIATE_TEST_SUITE_P(Moving, TlsTest, testing::Values(Reactor::Moving::epoll, Reactor::Moving::io_uring),
                         [](const testing::TestParamInfo<Reactor::Moving>& moving) {
                             return moving.param == Reactor::Moving::epoll ? "epoll" : "io_uring";
                         });

}  // namespace
}  // namespace callboard
