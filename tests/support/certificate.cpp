#include "tests/support/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace callboard::test {
namespace {

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(std::FILE* file) const { std::fclose(file); }
};

std::unique_ptr<std::FILE, Free> writable(const std::filesystem::path& path) {
    std::unique_ptr<std::FILE, Free> file(std::fopen(path.c_str(), "w"));
    if (!file) throw std::runtime_error("cannot write " + path.string());
    return file;
}

}  // namespace

void write_certificate(const std::string& name, const std::filesystem::path& certificate,
                       const std::filesystem::path& key) {
    const std::unique_ptr<EVP_PKEY, Free> made(EVP_EC_gen("P-256"));
    const std::unique_ptr<X509, Free> x509(X509_new());
    X509_set_version(x509.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509.get()), 24L * 3600);
    X509_NAME* subject = X509_get_subject_name(x509.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(x509.get(), subject);
    X509_set_pubkey(x509.get(), made.get());
    const std::unique_ptr<X509_EXTENSION, Free> names(X509V3_EXT_conf_nid(
        nullptr, nullptr, NID_subject_alt_name, ("DNS:" + name + ",IP:127.0.0.1").c_str()));
    X509_add_ext(x509.get(), names.get(), -1);
    if (X509_sign(x509.get(), made.get(), EVP_sha256()) == 0) throw std::runtime_error("cannot sign");
    PEM_write_X509(writable(certificate).get(), x509.get());
    PEM_write_PrivateKey(writable(key).get(), made.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

}  // namespace callboard::test
