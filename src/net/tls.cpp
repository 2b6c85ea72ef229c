#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <utility>

namespace callboard {
namespace {

constexpr std::size_t kReadSize = 16 << 10;  // a record

std::string openssl_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (ERR_SYSTEM_ERROR(code)) return system_error(static_cast<int>(ERR_GET_REASON(code)));
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "not readable" : reason;
}

/// RFC 7301: this server speaks one protocol; a client that offers others alone goes on without ALPN.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void*) {
    static constexpr std::array<unsigned char, 9> kHttp = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* found = nullptr;
    const int outcome =
        SSL_select_next_proto(&found, length, kHttp.data(), kHttp.size(), offered, offered_length);
    *chosen = found;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

struct FreeSession {
    void operator()(SSL* session) const { SSL_free(session); }
};

/// TLS between a connection and its bytes: what comes in is decrypted for the owner, what the owner writes
/// goes out encrypted.
class TlsStream final : public Stream, public StreamOwner {
  public:
    TlsStream(std::shared_ptr<SSL_CTX> context, StreamOwner& owner)
        : context_(std::move(context)), owner_(owner), session_(SSL_new(context_.get())) {
        in_ = BIO_new(BIO_s_mem());
        out_ = BIO_new(BIO_s_mem());
        SSL_set_bio(session_.get(), in_, out_);  // owns both from now on
        SSL_set_accept_state(session_.get());
    }
    ~TlsStream() {
        if (alive_ != nullptr) *alive_ = false;
    }
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;
    void use(std::unique_ptr<Stream> inner) { inner_ = std::move(inner); }

    void write(SharedBytes bytes) override {
        if (bytes->empty()) return;
        ERR_clear_error();
        // Memory takes everything; what cannot be encrypted is a session that has failed already.
        if (SSL_write(session_.get(), bytes->data(), static_cast<int>(bytes->size())) > 0) send();
    }
    std::size_t backlog() const override { return inner_->backlog(); }
    std::uint64_t taken() const override { return inner_->taken(); }
    bool acknowledged() const override { return inner_->acknowledged(); }
    void read(bool on) override { inner_->read(on); }
    void end_output() override {
        SSL_shutdown(session_.get());
        ending_ = true;
        send();
        if (inner_->backlog() == 0) inner_->end_output();
    }

    void on_bytes(std::string_view bytes) override {
        bool alive = true;
        alive_ = &alive;
        BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
        std::array<char, kReadSize> plain;  // NOLINT: not worth clearing
        int error = SSL_ERROR_NONE;
        while (error == SSL_ERROR_NONE) {
            ERR_clear_error();
            const int count = SSL_read(session_.get(), plain.data(), static_cast<int>(plain.size()));
            if (count > 0)
                owner_.on_bytes({plain.data(), static_cast<std::size_t>(count)});
            else
                error = SSL_get_error(session_.get(), count);
            if (!alive) return;
        }
        send();  // handshake, alerts, tickets
        alive_ = nullptr;
        if (error == SSL_ERROR_WANT_READ) return;
        if (error == SSL_ERROR_ZERO_RETURN) return owner_.on_input_end();
        // What was sent says why; the other side may read it before the owner closes.
        failed_ = true;
        owner_.on_input_end();
    }
    void on_input_end() override { owner_.on_input_end(); }
    void on_broken() override { owner_.on_broken(); }
    void on_drained() override {
        if (ending_) inner_->end_output();
        // The handshake's own messages are none of the owner's business.
        if (failed_ || SSL_is_init_finished(session_.get()) == 1) owner_.on_drained();
    }

  private:
    void send() {
        const std::size_t pending = BIO_ctrl_pending(out_);
        if (pending == 0) return;
        std::string bytes(pending, '\0');
        BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
        inner_->write(std::make_shared<const std::string>(std::move(bytes)));
    }

    std::shared_ptr<SSL_CTX> context_;
    StreamOwner& owner_;
    std::unique_ptr<SSL, FreeSession> session_;
    BIO* in_;   // from the other side, encrypted
    BIO* out_;  // to the other side
    std::unique_ptr<Stream> inner_;
    bool* alive_ = nullptr;  // while the owner is being told
    bool ending_ = false;
    bool failed_ = false;
};

Result<std::shared_ptr<SSL_CTX>> make_context(const std::string& certificate, const std::string& key) {
    ERR_clear_error();
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!context) return Error{Error::Kind::unavailable, "tls: OpenSSL has no memory"};
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    // Forward secrecy and authenticated encryption only.
    SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    const auto wrong = [](const std::string& file, const char* what) {
        return Error{Error::Kind::invalid, "tls: " + file + ": " + what + ": " + openssl_error()};
    };
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
        return wrong(certificate, "no certificate in PEM form");
    if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        return wrong(key, "no key of this certificate in PEM form");
    if (SSL_CTX_check_private_key(context.get()) != 1)
        return wrong(key, "this is not the key of the certificate");
    return context;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::load(std::string certificate, std::string key) {
    std::shared_ptr<TlsContext> context(new TlsContext(std::move(certificate), std::move(key)));
    if (auto loaded = context->reload(); !loaded) return loaded.error();
    return context;
}

TlsContext::~TlsContext() = default;

Result<void> TlsContext::reload() {
    auto made = make_context(certificate_, key_);
    if (!made) return made.error();
    const std::lock_guard lock(mutex_);
    context_ = *std::move(made);
    return {};
}

std::unique_ptr<Stream> TlsContext::open(Reactor& reactor, Descriptor socket, StreamOwner& owner) {
    std::unique_lock lock(mutex_);
    auto stream = std::make_unique<TlsStream>(context_, owner);
    lock.unlock();
    stream->use(reactor.open(std::move(socket), *stream));
    return stream;
}

}  // namespace callboard
