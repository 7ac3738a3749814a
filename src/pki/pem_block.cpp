#include "pem_block.h"

#include "domsec/pki/bundle.h"
#include "openssl_ptr.h"

namespace domsec::pki {
namespace {

using Kind = BundleError::Kind;

constexpr std::size_t largest_bundle = 16U << 20U;

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

}  // namespace

bool looks_like_pem(std::string_view text) { return text.find("-----BEGIN ") != std::string_view::npos; }

std::vector<PemBlock> pem_blocks(std::string_view text, const std::string& name, std::size_t most) {
  text = without_byte_order_mark(text);
  const ErrorQueueMark mark;
  const BioOwner memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  std::vector<PemBlock> blocks;
  for (;;) {
    char* label = nullptr;
    char* header = nullptr;
    unsigned char* octets = nullptr;
    long length = 0;
    const int read = PEM_read_bio(memory.get(), &label, &header, &octets, &length);
    const OpensslBuffer<char> label_owner(label);
    const OpensslBuffer<char> header_owner(header);
    const OpensslBuffer<unsigned char> octets_owner(octets);
    if (read != 1) {
      const bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      if (end && blocks.empty() && looks_like_pem(text)) {
        throw BundleError(Kind::garbage,
                          name +
                              " has no -----BEGIN line that stands by itself (is it indented, or do its "
                              "lines end with CR alone?): copy the file again");
      }
      if (end) return blocks;
      throw BundleError(Kind::garbage, name + ": PEM block " + std::to_string(blocks.size() + 1) +
                                           " is damaged (bad base64, or no END line): copy the file again");
    }
    if (blocks.size() == most) {
      throw BundleError(Kind::too_large,
                        name + " holds more than " + std::to_string(most) + " PEM blocks: split the file");
    }
    blocks.push_back({label, header,
                      std::string(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(length))});
    OPENSSL_cleanse(octets, static_cast<std::size_t>(length));
  }
}

void require_pem_or_der(std::string_view bytes, const std::string& name) {
  if (bytes.empty())
    throw BundleError(Kind::empty, name + " is empty: write the certificate or key to it again");
  if (bytes.size() > largest_bundle) {
    throw BundleError(Kind::too_large, name + " is larger than 16 MiB: name a certificate or key file");
  }
  if (looks_like_pem(bytes)) return;
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    throw BundleError(Kind::not_pem, name + " is UTF-16 text: save it as ASCII or UTF-8");
  }
  if (bytes.front() != '\x30') {  // every DER certificate, key or PKCS#12 is a SEQUENCE
    throw BundleError(Kind::not_pem,
                      name + " is neither PEM (-----BEGIN ...) nor DER: name a certificate or key file");
  }
}

}  // namespace domsec::pki
