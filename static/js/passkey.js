// Passkeys: ask the browser for one, put its answer into the form, send the form.
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");

  const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const created = async (publicKey) => {
    const wanted = {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: keys(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    };
    const key = await navigator.credentials.create({ publicKey: wanted });
    return {
      clientDataJSON: text(key.response.clientDataJSON),
      attestationObject: text(key.response.attestationObject),
      transports: key.response.getTransports ? key.response.getTransports() : [],
      key,
    };
  };

  const used = async (publicKey) => {
    const wanted = {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: keys(publicKey.allowCredentials),
    };
    const key = await navigator.credentials.get({ publicKey: wanted });
    return {
      clientDataJSON: text(key.response.clientDataJSON),
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
      userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
      key,
    };
  };

  const options = async (form) => {
    if (form.dataset.passkeyOptions) return JSON.parse(form.dataset.passkeyOptions);
    const answer = await fetch(form.dataset.passkeyFrom, {
      headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
    });
    return (await answer.json()).request_options;
  };

  const sign = async (form) => {
    const { publicKey } = await options(form);
    const { key, ...response } = await (form.dataset.passkey === "create" ? created : used)(publicKey);
    form.elements.credential.value = JSON.stringify({
      id: key.id,
      rawId: text(key.rawId),
      type: key.type,
      authenticatorAttachment: key.authenticatorAttachment,
      clientExtensionResults: key.getClientExtensionResults(),
      response,
    });
    form.submit();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const failed = form.querySelector("[data-passkey-failed]");
    failed.hidden = true;
    // A person who says no, a device that has no such key: nothing is sent, and the page says so.
    sign(form).catch(() => {
      failed.hidden = false;
    });
  }, true);
})();
