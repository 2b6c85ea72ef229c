#include "net/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace callboard {

void TlsClient::Free::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void TlsClient::Free::operator()(SSL* session) const { SSL_free(session); }

Result<TlsClient> TlsClient::to(const std::string& host, const std::string& authorities) {
    TlsClient client;
    client.host_ = host;
    client.context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!client.context_) return Error{Error::Kind::unavailable, "tls: OpenSSL has no memory"};
    SSL_CTX* context = client.context_.get();
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const int loaded = authorities.empty() ? SSL_CTX_set_default_verify_paths(context)
                                           : SSL_CTX_load_verify_file(context, authorities.c_str());
    ERR_clear_error();
    if (loaded != 1)
        return Error{Error::Kind::invalid,
                     authorities.empty() ? "tls: this system knows no authorities: install ca-certificates"
                                         : "tls: " + authorities + " holds no certificate in PEM form"};
    client.session_.reset(SSL_new(context));
    SSL* session = client.session_.get();
    client.in_ = BIO_new(BIO_s_mem());
    client.out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(session, client.in_, client.out_);  // owns both from now on
    SSL_set_connect_state(session);
    // A number is looked for among the certificate's addresses, a name among its names.
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) != 1) {
        // What SSL_set_tlsext_host_name() is, without its cast.
        SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char*>(host.c_str()));
        SSL_set1_host(session, host.c_str());
    }
    ERR_clear_error();
    return client;
}

std::string TlsClient::outgoing() {
    std::string bytes(BIO_ctrl_pending(out_), '\0');
    if (!bytes.empty()) BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

TlsClient::Step TlsClient::begin() {
    ERR_clear_error();
    SSL_do_handshake(session_.get());
    return {outgoing(), {}, false};
}

bool TlsClient::ready() const { return SSL_is_init_finished(session_.get()) == 1; }

Result<TlsClient::Step> TlsClient::take(std::string_view bytes) {
    BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
    Step step;
    std::array<char, 16 << 10> part{};
    for (;;) {
        ERR_clear_error();
        const int count = SSL_read(session_.get(), part.data(), static_cast<int>(part.size()));
        if (count > 0) {
            step.plain.append(part.data(), static_cast<std::size_t>(count));
            continue;
        }
        const int error = SSL_get_error(session_.get(), count);
        step.ended = error == SSL_ERROR_ZERO_RETURN;
        if (error == SSL_ERROR_WANT_READ || step.ended) break;
        if (const long verdict = SSL_get_verify_result(session_.get()); verdict != X509_V_OK)
            return Error{Error::Kind::denied, "tls: " + host_ + " does not prove who it is: " +
                                                  X509_verify_cert_error_string(verdict)};
        const char* reason = ERR_reason_error_string(ERR_get_error());
        ERR_clear_error();
        return Error{Error::Kind::unavailable,
                     "tls: " + host_ + " broke off: " + (reason == nullptr ? "no reason given" : reason)};
    }
    step.to_send = outgoing();
    return step;
}

std::string TlsClient::encrypted(std::string_view plain) {
    if (!plain.empty()) SSL_write(session_.get(), plain.data(), static_cast<int>(plain.size()));
    return outgoing();
}

}  // namespace callboard
