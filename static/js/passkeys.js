/* Passkeys: what the page asks for is handed to the browser, and what the browser answers is posted.

   <form data-passkey="create" or "get", data-asked: publicKey as JSON with its bytes in base64url>
     <input type="hidden" name="credential">    the answer, as JSON
     <p role="alert" data-passkey-trouble>      a sentence, when it did not work */
(function () {
  "use strict";

  const NO_ANSWER = "The passkey was not used. Try again, or choose the other way below.";
  const NOT_HERE = "This browser offers no passkeys at this address. Choose the other way below.";

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  function text(buffer) {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function asked(form) {
    const options = JSON.parse(form.dataset.asked);
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const list of [options.allowCredentials, options.excludeCredentials]) {
      for (const one of list || []) one.id = bytes(one.id);
    }
    return { publicKey: options };
  }

  // Every part that is bytes, in base64url; the rest as it is.
  function answered(credential) {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  }

  async function ask(form) {
    const trouble = form.querySelector("[data-passkey-trouble]");
    trouble.textContent = "";
    if (!window.PublicKeyCredential) {
      trouble.textContent = NOT_HERE;
      return;
    }
    try {
      const options = asked(form);
      const credential = form.dataset.passkey === "create"
        ? await navigator.credentials.create(options)
        : await navigator.credentials.get(options);
      form.elements.credential.value = JSON.stringify(answered(credential));
    } catch (error) {
      trouble.textContent = error.name === "SecurityError" ? NOT_HERE : NO_ANSWER;
      return;
    }
    form.submit();
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      ask(form);
    });
  }
})();
